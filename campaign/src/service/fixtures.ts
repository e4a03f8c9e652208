import type { ObjectStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";

/** What lies in a service's bucket before the cases, by key. */
export interface Fixtures {
  readonly objects: ReadonlyMap<string, Uint8Array>;
  /** The content of the compressed ones, by the key that they have. */
  readonly contents: ReadonlyMap<string, Uint8Array>;
  readonly listed: readonly string[];
}

const FIXTURE_SEED = 12;
/** More than two of the windows that the campaign reads with. */
export const PLAIN_BYTES = 150_000;
const CONTENT_BYTES = 1_200_000;

/** Stores the objects that cases read and list. */
export async function storeFixtures(store: ObjectStore): Promise<Fixtures> {
  const random = new SeededRandom(FIXTURE_SEED);
  const objects = new Map<string, Uint8Array>([
    ["plain", random.bytes(PLAIN_BYTES)],
    ["small", random.bytes(1000)],
    ["other", random.bytes(1000)],
    ["empty", new Uint8Array()],
  ]);
  for (const [key, bytes] of objects) await store.put(key, bytes, { contentType: "application/x-campaign" });
  const content = random.bytes(CONTENT_BYTES);
  content.fill(0x61, 100_000, CONTENT_BYTES - 50_000);
  const contents = new Map([
    ["frames.zst", content],
    ["members.gz", content],
  ]);
  await store.put("frames", content, { compression: { codec: "zstd" } });
  await store.put("members", content, { compression: { codec: "gzip" } });
  const listed = [
    ...["a b", "a+b", "100%25", "dir/x1", "dir/x2", "dir/x3", "other/y", "ü"],
    ...Array.from({ length: 15 }, (_, index) => `k${String(index).padStart(2, "0")}`),
  ].map((name) => `list/${name}`);
  for (const key of listed) await store.put(key, key);
  return { objects, contents, listed };
}
