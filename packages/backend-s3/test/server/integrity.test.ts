import { Crc32c, isObjectStoreError } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { openS3Store, type S3StoreOptions } from "../../src/index.js";
import { type FaultLink, startFaultLink } from "./fault-link.js";
import { optionsFor, plainClient, storesOn, uploadsOf } from "./server-store.js";

const SEED = 7;
/** In one request, and in three parts. */
const SIZES = [2 << 20, 11 << 20];

describeOnServers(
  "a byte flipped between client and server",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);
    const checks = server.name === "swift";
    let link: FaultLink;

    beforeAll(async () => {
      link = await startFaultLink(server.endpoint);
    });
    afterAll(() => link.close());

    /** Opens a store whose next connections that carry a body get a byte of it flipped. */
    async function openFlipping(options: S3StoreOptions) {
      const direct = await openStore();
      link.choose = () => ({ kind: "flip", atByteUp: 1 << 19 });
      const store = await openS3Store(direct.bucket, "", {
        ...optionsFor(server),
        endpoint: link.endpoint,
        ...options,
      });
      return { direct, store };
    }

    test.each(SIZES)("is refused where bodies are signed, and nothing becomes visible (%i bytes)", async (size) => {
      const { direct, store } = await openFlipping({ unsignedPayload: false });
      await expect(store.put("object", new SeededRandom(SEED).bytes(size))).rejects.toMatchObject({
        code: "ChecksumMismatch",
        statusCode: 400,
      });
      expect(await direct.exists("object")).toBe(false);
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
    });

    test.runIf(checks).each(SIZES)("is refused by its CRC-32C where they are not (%i bytes)", async (size) => {
      const { direct, store } = await openFlipping({ unsignedPayload: true });
      const error = await store.put("object", new SeededRandom(SEED).bytes(size)).catch((reason: unknown) => reason);
      expect(isObjectStoreError(error, "ChecksumMismatch"), String(error)).toBe(true);
      expect(String(error)).toContain("BadDigest");
      expect(await direct.exists("object")).toBe(false);
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
    });

    test.runIf(server.name === "ceph").each(SIZES)(
      "is never said to be verified by a server that does not check, and a read-back finds it (%i bytes)",
      async (size) => {
        const { direct, store } = await openFlipping({ unsignedPayload: true });
        const bytes = new SeededRandom(SEED).bytes(size);
        const result = await store.put("object", bytes);
        expect(result.verifiedBy).toBe("none");
        const stored = await (await direct.get("object")).bytes();
        expect(new Crc32c().update(stored).digest()).not.toBe(result.checksum);
        await expect(store.put("object", bytes, { readback: true })).rejects.toMatchObject({
          code: "ChecksumMismatch",
        });
      },
    );

    test("small objects are compared with the MD5 in their ETag, where there is no other proof", async () => {
      const direct = await openStore({ unsignedPayload: true });
      expect((await direct.put("object", "content")).verifiedBy).toBe("server");
      link.choose = () => ({ kind: "flip", atByteUp: 300_000 });
      const options = { ...optionsFor(server), endpoint: link.endpoint, unsignedPayload: true };
      const store = await openS3Store(direct.bucket, "", { ...options, checksums: "none" });
      const put = store.put("damaged", new SeededRandom(SEED).bytes(1 << 20));
      await expect(put).rejects.toMatchObject({ code: "ChecksumMismatch" });
    });
  },
  { only: ["ceph", "swift"] },
);
