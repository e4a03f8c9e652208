import { mkdtemp, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFsStore } from "@sluice/backend-fs";
import { describe, expect, test } from "vitest";
import { CheckpointReader, CheckpointWriter, prune } from "../src/index.js";
import { pruneClockSuite, pruneSuite } from "./prune-suite.js";
import { refuses } from "./refuses.js";
import { HARNESSES, keysOf, type StoreHarness } from "./stores.js";

describe.each(HARNESSES)("on $name", pruneSuite);

const onFiles = HARNESSES.find(({ name }) => name === "fs") as StoreHarness;
describe("on the clock of fs", () => pruneClockSuite(onFiles));

test.each([["manifests"], ["manifests", "latest"], ["manifests", "latest.json"]])(
  "N9 with %s away for a moment nothing is deleted",
  async (...names) => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-prune-"));
    try {
      const store = await openFsStore(folder, { durability: "none" });
      for (const step of [1, 2, 3]) {
        await (await CheckpointWriter.open(store, { step, environment: {} })).saveAll([`step ${step}`]);
      }
      const before = await keysOf(store);
      for (const name of names) await rename(join(folder, name), join(folder, `${name} away`));
      await refuses(prune(store, { graceMs: 0 }), "Unavailable", "nothing was deleted");
      await refuses(prune(store, { graceMs: 0, keepLast: 1 }), "Unavailable", "nothing was deleted");
      await refuses(CheckpointReader.byStep(store, 3), "Unavailable");
      for (const name of names) await rename(join(folder, `${name} away`), join(folder, name));
      expect(await keysOf(store)).toEqual(before);
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
