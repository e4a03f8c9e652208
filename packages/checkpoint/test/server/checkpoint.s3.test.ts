import { openS3Store } from "@sluice/backend-s3";
import { describe } from "vitest";
import { describeOnServers, uniqueBucket } from "../../../../scripts/servers/index.ts";
import { damageSuite } from "../damage-suite.js";
import { incarnationsSuite } from "../incarnations-suite.js";
import { pruneSuite } from "../prune-suite.js";
import { ranksSuite } from "../ranks-suite.js";
import { keysOf, type StoreHarness } from "../stores.js";

describeOnServers("checkpoints", ({ name, profile, endpoint, region, accessKeyId, secretAccessKey }) => {
  const options = {
    ...{ endpoint, region, credentials: { accessKeyId, secretAccessKey } },
    ...(profile !== undefined && { server: profile }),
  };
  const harness: StoreHarness = {
    name,
    open: async () => {
      const store = await openS3Store(uniqueBucket(), "", options);
      await store.createBucket();
      const cleanUp = async (): Promise<void> => {
        await store.deleteMany(await keysOf(store));
        await store.sweepStaleUploads({ olderThanMs: 0 });
        await store.deleteBucket();
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
