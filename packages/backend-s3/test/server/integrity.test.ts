import { Crc32c, isObjectStoreError } from "@sluice/core";
import { type RequestHead, SeededRandom } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { openS3Store, type S3StoreOptions } from "../../src/index.js";
import { optionsFor, plainClient, proxyTo, storesOn, uploadsOf } from "./server-store.js";

const SEED = 7;
/** In one request, and in three parts. */
const SIZES = [2 << 20, 11 << 20];

describeOnServers(
  "a byte flipped between client and server",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);
    const checks = server.name === "swift";

    /** Opens a store over which a byte of each body, or of the first ones only, is flipped. */
    async function openFlipping(options: S3StoreOptions, maxFaults?: number) {
      const direct = await openStore();
      const fault = { kind: "flip", on: "request", atByte: 1 << 19 } as const;
      const when = ({ method }: RequestHead) => method === "PUT";
      const plan = { faults: [fault], probability: 1, when, ...(maxFaults !== undefined && { maxFaults }) };
      const proxy = await proxyTo(server, plan);
      const store = await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: proxy.url, ...options });
      const flips = () => proxy.log.filter(({ hit }) => hit).length;
      return { direct, store, flips };
    }

    const isChecked = [...(checks ? [{ unsignedPayload: true }] : []), { unsignedPayload: false }];
    test.each(isChecked.flatMap((options) => SIZES.map((size) => [size, options] as const)))(
      "is sent again where it is refused, and arrives (%i bytes, %o)",
      async (size, options) => {
        const { direct, store, flips } = await openFlipping(options, 1);
        const bytes = new SeededRandom(SEED).bytes(size);
        const { checksum } = await store.put("object", bytes);
        expect(flips()).toBe(1);
        const stored = await (await direct.get("object", { verify: checksum })).bytes();
        expect(Buffer.compare(stored, bytes)).toBe(0);
        expect(await uploadsOf(client, direct.bucket)).toEqual([]);
      },
    );

    test.each(SIZES)("is refused where bodies are signed, and nothing becomes visible (%i bytes)", async (size) => {
      const { direct, store, flips } = await openFlipping({ unsignedPayload: false, maxAttempts: 3 });
      await expect(store.put("object", new SeededRandom(SEED).bytes(size))).rejects.toMatchObject({
        code: "ChecksumMismatch",
        statusCode: 400,
      });
      expect(flips(), "attempts").toBeGreaterThanOrEqual(3);
      expect(await direct.exists("object")).toBe(false);
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
    });

    test.runIf(checks).each(SIZES)("is refused by its CRC-32C where they are not (%i bytes)", async (size) => {
      const { direct, store, flips } = await openFlipping({ unsignedPayload: true, maxAttempts: 3 });
      const error = await store.put("object", new SeededRandom(SEED).bytes(size)).catch((reason: unknown) => reason);
      expect(isObjectStoreError(error, "ChecksumMismatch"), String(error)).toBe(true);
      expect(String(error)).toContain("BadDigest");
      expect(flips(), "attempts").toBeGreaterThanOrEqual(3);
      expect(await direct.exists("object")).toBe(false);
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
    });

    test.runIf(server.name === "ceph").each(SIZES)(
      "is never said to be verified by a server that does not check, and a read-back finds it (%i bytes)",
      async (size) => {
        const { direct, store, flips } = await openFlipping({ unsignedPayload: true });
        const bytes = new SeededRandom(SEED).bytes(size);
        const result = await store.put("object", bytes);
        expect(result.verifiedBy).toBe("none");
        expect(flips()).toBeGreaterThan(0);
        const stored = await (await direct.get("object")).bytes();
        expect(new Crc32c().update(stored).digest()).not.toBe(result.checksum);
        await expect(store.put("object", bytes, { readback: true })).rejects.toMatchObject({
          code: "ChecksumMismatch",
        });
      },
    );

    test("small objects are compared with the MD5 in their ETag, where there is no other proof", async () => {
      const { direct, store } = await openFlipping({ unsignedPayload: true, checksums: "none" });
      expect((await direct.put("object", "content")).verifiedBy).toBe("server");
      const put = store.put("damaged", new SeededRandom(SEED).bytes(1 << 20));
      await expect(put).rejects.toMatchObject({ code: "ChecksumMismatch" });
    });
  },
  { only: ["ceph", "swift"] },
);
