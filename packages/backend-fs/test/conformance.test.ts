import { mkdtemp } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LocalDriver } from "@sluice/core/local";
import { localHarness, runConformance } from "@sluice/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { BUFFERED_IO } from "../src/store.js";

const harness = localHarness({
  scheme: "file",
  partBytes: 256 << 10,
  makeFolder: () => mkdtemp(join(tmpdir(), "sluice-fs-")),
  createDriver: (root) => new LocalDriver({ backend: "fs", root, io: BUFFERED_IO, durability: "none" }),
});

describe("conformance", async () => {
  const counts = await runConformance(harness, { test, skip: (name, reason) => test.skip(`${name} [${reason}]`) });

  afterAll(() => {
    console.log(`fs: ${counts.executed} conformance cases executed, ${counts.skipped} skipped`);
    expect(counts.executed).toBe(counts.planned);
    expect(counts.executed).toBeGreaterThanOrEqual(60);
  });
});
