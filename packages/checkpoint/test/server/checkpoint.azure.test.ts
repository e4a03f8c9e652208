import { openAzureStore } from "@sluice/backend-azure";
import { describe } from "vitest";
import { describeOnAzure, uniqueBucket } from "../../../../scripts/servers/index.ts";
import { damageSuite } from "../damage-suite.js";
import { incarnationsSuite } from "../incarnations-suite.js";
import { pruneSuite } from "../prune-suite.js";
import { ranksSuite } from "../ranks-suite.js";
import { keysOf, type StoreHarness } from "../stores.js";

describeOnAzure("checkpoints", ({ name, connectionString }) => {
  const harness: StoreHarness = {
    name,
    open: async () => {
      const store = await openAzureStore(uniqueBucket(), { connectionString });
      await store.createContainer();
      const cleanUp = async (): Promise<void> => {
        await store.deleteMany(await keysOf(store));
        await store.deleteContainer();
        await store.close();
      };
      return { store, cleanUp };
    },
  };
  describe("damage", () => damageSuite(harness));
  describe("ranks", () => ranksSuite(harness));
  describe("incarnations", () => incarnationsSuite(harness));
  describe("prune", () => pruneSuite(harness));
});
