import { createMemoryStore, isObjectStoreError } from "@sluice/core";
import { expect, test } from "vitest";
import { CheckpointReader, CheckpointWriter } from "../src/index.js";

const CONTENT = Buffer.from("a shard of fifty bytes, which are read one by one.");

test.each(["none", "zstd", "gzip"] as const)(
  "every flipped bit of a shard (%s) is found or harmless, whole and by 50 ranges",
  { timeout: 300_000 },
  async (codec) => {
    const store = createMemoryStore();
    const compression = codec === "none" ? "none" : ({ codec } as const);
    const writer = await CheckpointWriter.open(store, { step: 1, worldSize: 1, compression, environment: {} });
    await writer.saveAll([CONTENT]);
    const reader = await CheckpointReader.latest(store);
    const { key } = reader.manifest.shards[0] as { key: string };
    const stored = Buffer.from(await (await store.get(key)).bytes());
    const verdicts = { found: 0, harmless: 0, wrong: 0 };
    for (let bit = 0; bit < stored.byteLength * 8; bit++) {
      const flipped = Buffer.from(stored);
      flipped[bit >> 3] = (flipped[bit >> 3] as number) ^ (1 << (bit & 7));
      await store.put(key, flipped);
      const whole = await orRefused(async () => (await reader.shard(0)).bytes());
      const byRanges = await orRefused(() => reader.shardBytes(0, { partBytes: 1 }));
      const results = [whole, byRanges];
      const isWrong = results.some((bytes) => bytes !== undefined && !CONTENT.equals(bytes));
      verdicts[isWrong ? "wrong" : results.includes(undefined) ? "found" : "harmless"]++;
    }
    console.log(`shard, ${codec}: ${stored.byteLength * 8} flips: ${JSON.stringify(verdicts)}`);
    expect(verdicts.wrong).toBe(0);
    if (codec === "none") expect(verdicts.harmless).toBe(0);
  },
);

/** undefined for a read that is refused as one of damaged data is. */
async function orRefused(read: () => Promise<Uint8Array>): Promise<Uint8Array | undefined> {
  try {
    return await read();
  } catch (error) {
    if (isObjectStoreError(error) && ["ChecksumMismatch", "Unsupported"].includes(error.code)) return undefined;
    throw error;
  }
}
