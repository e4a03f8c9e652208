import type { ContainerClient } from "@azure/storage-blob";
import { type AzureStore, type AzureStoreOptions, openAzureStore } from "@sluice/backend-azure";
import { crc32c, isObjectStoreError } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { describeOnAzure } from "../../../../scripts/servers/index.ts";
import { TestContainers } from "./containers.js";
import { type FaultyProxy, startFaultyProxy } from "./faulty-proxy.js";

const PART_BYTES = 256 << 10;
const SEED = 20;
/** `AZURE_FAULT_MIB=40` is the full measure; ten blocks in any case. */
const FAULT_OBJECT_BYTES = Number(process.env["AZURE_FAULT_MIB"] ?? 2.5) * (1 << 20);
const FAST = { retryDelayMs: 10, maxRetryDelayMs: 50, requestTimeoutMs: 2_000 };
/** A second is a promise of ours: a machine or a server that stood still for the half of one has not broken it. */
const TIMED = { retry: 2 };

describeOnAzure("blocks", ({ connectionString }) => {
  const containers = new TestContainers(connectionString);
  let proxy: FaultyProxy;
  let container: ContainerClient;
  beforeAll(async () => {
    proxy = await startFaultyProxy(connectionString, SEED);
  });
  beforeEach(async () => {
    container = await containers.make();
  });
  afterEach(async () => {
    proxy.decide = () => "none";
    await containers.removeAll();
  });
  afterAll(() => proxy.close());
  const open = (options: AzureStoreOptions = {}): Promise<AzureStore> =>
    openAzureStore(container.containerName, {
      connectionString: proxy.connectionString,
      partBytes: PART_BYTES,
      ...FAST,
      ...options,
    });
  const stagedBlocks = async (name: string): Promise<number> => {
    const list = container.getBlockBlobClient(name).getBlockList("uncommitted");
    return (await list.catch(() => undefined))?.uncommittedBlocks?.length ?? 0;
  };
  const uncommitted = async (): Promise<string[]> => {
    const names = [];
    for await (const { name } of container.listBlobsFlat({ includeUncommitedBlobs: true })) {
      if ((await stagedBlocks(name)) > 0) names.push(name);
    }
    return names;
  };

  describe("what the service checks", () => {
    const sizes = [
      ["Put Blob", 1000],
      ["a block", 3 * PART_BYTES],
    ] as const;

    test.each(["md5", "crc64"] as const)(
      "%s: a byte flipped on the way is refused and nothing becomes visible",
      async (hash) => {
        const store = await open({ transactionalHash: hash });
        for (const [what, size] of sizes) {
          const bytes = new SeededRandom(SEED).bytes(size);
          proxy.decide = (seen) => (seen.startsWith("PUT") && seen !== "PUT blocklist" ? "flip" : "none");
          await expect(store.put("object", bytes), what).rejects.toMatchObject({
            code: "ChecksumMismatch",
            statusCode: 400,
          });
          expect(await store.exists("object"), what).toBe(false);
          proxy.decide = () => "none";
          expect(await store.put("object", bytes), what).toMatchObject({
            verifiedBy: "server",
            checksum: crc32c(bytes),
          });
          await store.delete("object");
        }
      },
    );

    test("none: verifiedBy says so, and readback finds the flipped byte", async () => {
      const store = await open();
      for (const [what, size] of sizes) {
        const bytes = new SeededRandom(SEED).bytes(size);
        expect(await store.put("object", bytes), what).toMatchObject({ verifiedBy: "none" });
        proxy.decide = (seen) => (seen.startsWith("PUT") && seen !== "PUT blocklist" ? "flip" : "none");
        await expect(store.put("object", bytes, { readback: true })).rejects.toMatchObject({
          code: "ChecksumMismatch",
        });
      }
    });
  });

  describe("writers that share a key", () => {
    /** A writer whose three blocks are there: one still on its way would come after what the test does next. */
    const write = async (store: AzureStore, fill: number, options = {}) => {
      const before = await stagedBlocks("object");
      const writer = await store.createWriter("object", options);
      await writer.writeChunk(new Uint8Array(3 * PART_BYTES + fill).fill(fill));
      while ((await stagedBlocks("object")) < before + 3) await new Promise((resolve) => setImmediate(resolve));
      return writer;
    };
    const expectWhole = async (store: AzureStore, fill: number) => {
      const expected = crc32c(new Uint8Array(3 * PART_BYTES + fill).fill(fill));
      expect(crc32c(await (await store.get("object")).bytes())).toBe(expected);
    };

    test("never mix: one whose blocks another's list has dropped fails with a retryable error, and can write again", async () => {
      const store = await open();
      const [first, second] = [await write(store, 1), await write(store, 2)];
      await second.finalize();
      await expect(first.finalize()).rejects.toMatchObject({ code: "Unavailable", retryable: true, statusCode: 400 });
      await first.cancel();
      await expectWhole(store, 2);
      await (await write(store, 1)).finalize();
      await expectWhole(store, 1);
    });

    test("with a condition the one that lost fails by it", async () => {
      const store = await open();
      const [winner, loser] = [
        await write(store, 1, { ifNotExists: true }),
        await write(store, 2, { ifNotExists: true }),
      ];
      const { etag = "" } = await winner.finalize();
      await expect(loser.finalize()).rejects.toMatchObject({ code: "AlreadyExists" });
      const [swap, stale] = [await write(store, 3, { ifMatch: etag }), await write(store, 4, { ifMatch: etag })];
      await swap.finalize();
      await expect(stale.finalize()).rejects.toMatchObject({ code: "PreconditionFailed" });
      await expectWhole(store, 3);
    });

    test("one that is cancelled or fails does not touch another's blocks", async () => {
      // Only the one that is to fail goes through the proxy.
      const [store, direct] = [await open(), await open({ connectionString })];
      const [lasting, cancelled] = [await write(direct, 1), await write(direct, 2)];
      await cancelled.cancel();
      proxy.decide = (seen) => (seen === "PUT block" ? "reset" : "none");
      await expect(store.put("object", new Uint8Array(3 * PART_BYTES))).rejects.toMatchObject({ code: "Unavailable" });
      // A block that is still on its way through the proxy is reset too.
      await lasting.finalize();
      await expectWhole(store, 1);
      expect(await uncommitted()).toEqual([]);
    });

    test("blocks that the SDK's own uploads left are in nobody's way; shorter ids of other programs are, and the error says it", async () => {
      const store = await open();
      const sdkId = Buffer.from("x".repeat(48)).toString("base64");
      await container.getBlockBlobClient("object").stageBlock(sdkId, "left", 4);
      await (await write(store, 1)).finalize();
      await expectWhole(store, 1);
      await container.getBlockBlobClient("other").stageBlock("AAAA", "left", 4);
      const refused = store.put("other", new Uint8Array(3 * PART_BYTES));
      await expect(refused).rejects.toMatchObject({
        code: "InvalidState",
        message: expect.stringContaining("another length"),
      });
    });
  });

  test("nothing is left beside a finalized object; what a given-up writer leaves a dry run of the sweep names, and Azure removes", async () => {
    const store = await open();
    const given = await store.createWriter("given-up");
    await given.writeChunk(new Uint8Array(3 * PART_BYTES));
    // The third one waits for more; one still on its way would come after what follows.
    while ((await stagedBlocks("given-up")) < 2) await new Promise((resolve) => setImmediate(resolve));
    await given.cancel();
    await store.put("whole", new Uint8Array(3 * PART_BYTES));
    expect(await uncommitted()).toEqual(["given-up"]);
    expect(await store.exists("given-up")).toBe(false);
    const [found, ...others] = await store.sweepStaleUploads({ dryRun: true, olderThanMs: 0 });
    expect(found).toMatchObject({ name: "given-up", bytes: expect.any(Number) });
    expect(others).toEqual([]);
    expect(await store.sweepStaleUploads()).toEqual([]);
    await expect(store.sweepStaleUploads({ olderThanMs: 0 })).rejects.toMatchObject({ code: "Unsupported" });
    await store.put("given-up", new Uint8Array(2 * PART_BYTES));
    expect(await uncommitted()).toEqual([]);
  });

  test("an answer that is lost is asked after: what was carried out is not reported as failed, nor as somebody else's", async () => {
    const store = await open();
    const lose = (kind: string) => {
      let lost = false;
      proxy.decide = (seen) => {
        if (lost || seen !== kind) return "none";
        lost = true;
        return "lose-answer";
      };
    };
    for (const [size, kind] of [
      [10, "PUT"],
      [3 * PART_BYTES, "PUT blocklist"],
    ] as const) {
      const bytes = new Uint8Array(size);
      lose(kind);
      const { etag = "" } = await store.put("object", bytes, { ifNotExists: true });
      lose(kind);
      const next = await store.put("object", bytes, { ifMatch: etag });
      expect((await store.head("object")).etag).toBe(next.etag);
      lose("DELETE");
      await store.delete("object", { mustExist: true });
    }
  });

  test(`200 uploads through resets, cuts, 503s and lost answers: all arrive whole or fail with a typed error (seed ${SEED})`, async () => {
    const store = await open({ maxTries: 3, partBytes: FAULT_OBJECT_BYTES / 10 });
    const random = new SeededRandom(SEED);
    const bytes = random.bytes(FAULT_OBJECT_BYTES);
    const faults = ["reset", "cut", "503", "lose-answer"] as const;
    proxy.decide = (seen) =>
      seen.startsWith("PUT") && random.integer(1, 5) === 1 ? (faults[random.integer(0, 3)] ?? "none") : "none";
    const outcomes = { whole: 0, failed: 0 };
    const upload = async (index: number): Promise<void> => {
      const content = bytes.subarray(index);
      const key = `upload-${index}`;
      try {
        const { checksum } = await store.put(key, content, { ifNotExists: true });
        expect(checksum).toBe(crc32c(content));
        expect(crc32c(await container.getBlobClient(key).downloadToBuffer())).toBe(checksum);
        outcomes.whole++;
      } catch (error) {
        if (!isObjectStoreError(error)) throw error;
        expect(["Unavailable", "Timeout"]).toContain(error.code);
        expect(await container.getBlobClient(key).exists()).toBe(false);
        outcomes.failed++;
      }
      await container.getBlobClient(key).deleteIfExists();
    };
    let next = 0;
    const worker = async () => {
      while (next < 200) await upload(next++);
    };
    await Promise.all(Array.from({ length: 8 }, worker));
    const left = await uncommitted();
    console.log(
      `200 uploads: ${outcomes.whole} whole, ${outcomes.failed} failed, blocks left of ${left.length} failed ones`,
    );
    expect(outcomes.whole + outcomes.failed).toBe(200);
    expect(outcomes.failed).toBeGreaterThan(0);
    expect(outcomes.whole).toBeGreaterThan(100);
    expect(left.length).toBeLessThanOrEqual(outcomes.failed);
  });

  describe("an abort settles within a second, and the server sees no further request", () => {
    test.each([
      ["a block under way", "PUT block", 6 * PART_BYTES],
      ["the block list under way", "PUT blocklist", 6 * PART_BYTES],
      ["Put Blob under way", "PUT", 100],
      ["a stalled source", "never", 6 * PART_BYTES],
    ] as const)("%s", TIMED, async (_what, kind, size) => {
      const store = await open({ requestTimeoutMs: 60_000 });
      const controller = new AbortController();
      let stalled = (): void => undefined;
      const reached = new Promise<void>((resolve) => {
        stalled = resolve;
      });
      // As many blocks are sent at once as the store's default says; before they are there, some may still be on their way.
      let missing = kind === "PUT block" ? 4 : 1;
      proxy.decide = (seen) => {
        if (seen !== kind) return "none";
        if (--missing === 0) stalled();
        return "stall";
      };
      async function* source() {
        yield new Uint8Array(size);
        if (kind !== "never") return;
        stalled();
        await new Promise(() => undefined);
      }
      const settled = Promise.allSettled([store.put("object", source(), { signal: controller.signal })]);
      await reached;
      const start = performance.now();
      controller.abort();
      const [outcome] = await settled;
      expect(performance.now() - start).toBeLessThan(1000);
      expect(outcome).toMatchObject({ status: "rejected", reason: { code: "Aborted" } });
      const requests = proxy.seen.length;
      expect(await container.getBlobClient("object").exists()).toBe(false);
      await new Promise((resolve) => setImmediate(resolve));
      expect(proxy.seen.length).toBe(requests);
    });
  });
});
