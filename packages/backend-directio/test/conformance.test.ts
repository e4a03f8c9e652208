import { LocalDriver } from "@sluice/core/local";
import { localHarness, runConformance } from "@sluice/core/testing";
import { afterAll, describe, expect, test } from "vitest";
import { chooseByProbe } from "../src/folder-io.js";
import { checkDirectOptions } from "../src/options.js";
import { found, makeFolder, NO_DISK } from "./direct-folder.js";

const { durability: _durability, ...ioOptions } = checkDirectOptions({}, "test");

const harness = localHarness({
  scheme: "direct",
  partBytes: ioOptions.slabBytes,
  makeFolder,
  createDriver: (root) =>
    new LocalDriver({ backend: "directio", root, io: chooseByProbe(ioOptions), durability: "none" }),
});

describe.skipIf(found === undefined)(found === undefined ? `conformance [${NO_DISK}]` : "conformance", async () => {
  const counts = await runConformance(harness, { test, skip: (name, reason) => test.skip(`${name} [${reason}]`) });

  afterAll(() => {
    const alignment = found?.facts.alignmentBytes;
    console.log(`directio, alignment ${alignment}: ${counts.executed} cases executed, ${counts.skipped} skipped`);
    expect(counts.executed).toBe(counts.planned);
    expect(counts.executed).toBeGreaterThanOrEqual(60);
  });
});
