import { type CheckpointReader, CheckpointWriter } from "@sluice/checkpoint";
import { createMemoryStore, type ObjectStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";

export const STEPS: readonly number[] = [1, 2, 3];
const RANKS = 2;
const SHARD_BYTES = 3000;

/** Objects by key: a store's content that cases copy. */
export type Tree = ReadonlyMap<string, Uint8Array>;

/** Three checkpoints of two ranks, as they lie in a store, with what each shard holds. */
export interface SavedTree {
  readonly objects: Tree;
  /** Shards by step and rank. */
  readonly shards: ReadonlyMap<number, readonly Uint8Array[]>;
}

export async function saveTree(): Promise<SavedTree> {
  const random = new SeededRandom(4);
  const store = createMemoryStore();
  const shards = new Map<number, readonly Uint8Array[]>();
  for (const step of STEPS) {
    const contents = Array.from({ length: RANKS }, () => random.compressibleBytes(SHARD_BYTES));
    const options = {
      step,
      worldSize: RANKS,
      compression: step === 2 ? ({ codec: "zstd" } as const) : ("none" as const),
    };
    const writer = await CheckpointWriter.open(store, { ...options, environment: {}, userMeta: { note: "é" } });
    await writer.save(contents);
    await writer.commit();
    shards.set(step, contents);
  }
  return { objects: await objectsOf(store), shards };
}

/** A memory store of these objects. */
export async function storeOf(objects: Tree): Promise<ObjectStore> {
  const store = createMemoryStore();
  for (const [key, bytes] of objects) await store.put(key, bytes);
  return store;
}

export async function objectsOf(store: ObjectStore): Promise<Tree> {
  const objects = new Map<string, Uint8Array>();
  for await (const entry of store.list()) {
    if (entry.kind === "object") objects.set(entry.key, await (await store.get(entry.key)).bytes());
  }
  return objects;
}

/** What is not right about the shards that a reader gives. */
export async function shardsDiffer(reader: CheckpointReader, { shards }: SavedTree): Promise<string | undefined> {
  const saved = shards.get(reader.step);
  if (saved === undefined) return `a checkpoint of step ${reader.step}, which nobody saved`;
  const got: Uint8Array[] = [];
  const { shards: restored } = await collect(reader, got);
  if (restored !== saved.length) return `${restored} shards of ${saved.length}`;
  const wrong = saved.findIndex((bytes, rank) => Buffer.compare(bytes, got[rank] ?? new Uint8Array()) !== 0);
  return wrong < 0 ? undefined : `shard ${wrong} of step ${reader.step} is not what was saved`;
}

async function collect(reader: CheckpointReader, got: Uint8Array[]): Promise<{ readonly shards: number }> {
  let shards = 0;
  await reader.restore(async (content, { rank }) => {
    got[rank] = await content.bytes();
    shards++;
  });
  return { shards };
}
