import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFsStore } from "@sluice/backend-fs";
import { CheckpointReader, CheckpointWriter } from "@sluice/checkpoint";
import { forEachConcurrently } from "@sluice/core";
import { compare, renderTable } from "./lib/compare.mjs";

export const title = "Checkpoints";
export const question =
  "8 shards, 4 at once, on one file store (durability none). The plain writer writes the same chunks as 8 objects; the plain reader reads them with their checksums.";

const KIB = 1 << 10;
const MIB = 1 << 20;
const RANKS = 8;
const SHARDS_AT_ONCE = 4;
const PLAIN_WRITER = "plain writer";
const PLAIN_READER = "plain reader";

export async function run({ smoke, rounds }) {
  const shardBytes = (smoke ? 2 : 128) * MIB;
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  try {
    const target = await openFsStore(join(folder, "target"), { durability: "none" });
    const source = await openFsStore(join(folder, "source"), { durability: "none" });
    const writers = await compare(
      writing(target, shardBytes).map((candidate) => ({
        ...candidate,
        cleanUp: () => rm(join(folder, "target"), { recursive: true, force: true }),
      })),
      { rounds },
    );
    await saveInto(source, shardBytes);
    const readers = await compare(reading(await CheckpointReader.latest(source), shardBytes), { rounds });
    const table = [renderTable(writers, [PLAIN_WRITER]), "", renderTable(readers, [PLAIN_READER])].join("\n");
    return { rows: [...writers, ...readers], table };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function writing(store, shardBytes) {
  return [
    {
      name: PLAIN_WRITER,
      run: async () => {
        await forEachConcurrently(ranks(), SHARDS_AT_ONCE, async (rank) => {
          await store.put(`shard-${rank}`, chunks(shardBytes));
        });
        return RANKS * shardBytes;
      },
    },
    {
      name: "checkpoint: save and commit",
      run: async () => {
        await saveInto(store, shardBytes);
        return RANKS * shardBytes;
      },
    },
    {
      name: "checkpoint: save and commit, ranks with records",
      run: async () => {
        await saveInto(store, shardBytes, { ts: "bench" });
        return RANKS * shardBytes;
      },
    },
  ];
}

function reading(reader, shardBytes) {
  const total = RANKS * shardBytes;
  const drain = async (content) => {
    for await (const _ of content);
  };
  return [
    {
      name: PLAIN_READER,
      run: async () => {
        await forEachConcurrently(reader.manifest.shards, SHARDS_AT_ONCE, async ({ key, checksum }) => {
          await drain(await reader.store.get(key, { verify: checksum }));
        });
        return total;
      },
    },
    {
      name: "checkpoint: restore, streamed",
      run: async () => (await reader.restore(drain, { concurrency: SHARDS_AT_ONCE })).bytes,
    },
    {
      name: "plain reader, one buffer after another",
      run: async () => {
        for (const { key, checksum } of reader.manifest.shards) {
          await (await reader.store.get(key, { verify: checksum })).bytes();
        }
        return total;
      },
    },
    {
      name: "checkpoint: shardBytes, one after another",
      run: async () => {
        for (const rank of ranks()) await reader.shardBytes(rank, { concurrency: SHARDS_AT_ONCE });
        return total;
      },
    },
  ];
}

async function saveInto(store, shardBytes, options = {}) {
  const worldSize = RANKS;
  const save = await CheckpointWriter.open(store, {
    ...{ step: 1, worldSize, concurrency: SHARDS_AT_ONCE, environment: {} },
    ...options,
  });
  await save.saveAll(ranks().map(() => chunks(shardBytes)));
}

function ranks() {
  return Array.from({ length: RANKS }, (_, rank) => rank);
}

const CHUNK = new Uint8Array(256 * KIB).map((_, index) => index * 7);

function* chunks(bytes) {
  for (let done = 0; done < bytes; done += CHUNK.length) yield CHUNK;
}
