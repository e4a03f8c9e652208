import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { PutObjectCommand } from "@aws-sdk/client-s3";
import { SeededRandom } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { plainClient, storesOn } from "./server-store.js";

const SEED = 11;
/** In one request, and in several parts and windows. */
const SIZES = [1, 100_000, 21 << 20];

describeOnServers(
  "a bit that flips on the server's disk",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);
    const pathOf = (bucket: string, key: string): string => join(server.objectsFolder as string, bucket, key);

    async function flip(path: string, at: number): Promise<void> {
      const bytes = await readFile(path);
      bytes.writeUInt8(bytes.readUInt8(at) ^ 1, at);
      // In place: the checksums are attributes of this file.
      await writeFile(path, bytes, { flag: "r+" });
    }

    test.each(SIZES)("is found by every whole read (%i bytes)", async (size) => {
      const store = await openStore();
      const bytes = new SeededRandom(SEED).bytes(size);
      await store.put("object", bytes);
      const good = await store.get("object");
      expect(Buffer.compare(await good.bytes(), bytes)).toBe(0);
      expect(good.verifiedBy).toBe("crc32c");
      for (const at of new Set([0, Math.floor(size / 2), size - 1])) {
        await flip(pathOf(store.bucket, "object"), at);
        const buffer = new Uint8Array(size);
        await expect((await store.get("object")).readInto(buffer)).rejects.toMatchObject({ code: "ChecksumMismatch" });
        await expect(store.put("copy", await store.get("object"))).rejects.toMatchObject({ code: "ChecksumMismatch" });
        expect(await store.exists("copy")).toBe(false);
        const damaged = await (await store.get("object", { verify: "none" })).bytes();
        expect(damaged[at]).not.toBe(bytes[at]);
        await flip(pathOf(store.bucket, "object"), at);
      }
      await (await store.get("object")).bytes();
    });

    test.each(["CRC32", "CRC64NVME", "SHA1", "SHA256"] as const)(
      "is found by another program's %s",
      async (algorithm) => {
        const store = await openStore();
        const Body = new SeededRandom(SEED).bytes(100_000);
        await client.send(
          new PutObjectCommand({ Bucket: store.bucket, Key: "object", Body, ChecksumAlgorithm: algorithm }),
        );
        const good = await store.get("object");
        await good.bytes();
        expect(good.verifiedBy).toBe(algorithm.toLowerCase());
        await flip(pathOf(store.bucket, "object"), 50_000);
        await expect((await store.get("object")).bytes()).rejects.toMatchObject({ code: "ChecksumMismatch" });
      },
    );
  },
  { only: ["versitygw"] },
);
