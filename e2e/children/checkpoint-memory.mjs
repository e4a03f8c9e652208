// Saves a checkpoint of 8 shards, or restores the latest one in streams, and prints this process's peak memory.
// Arguments: folder, "save" or "restore", bytes of all shards (save), codec.
import { openFsStore } from "@sluice/backend-fs";
import { CheckpointReader, CheckpointWriter } from "@sluice/checkpoint";

const RANKS = 8;
const [folder, what, total, codec] = process.argv.slice(2);
const store = await openFsStore(folder, { durability: "none" });
const chunk = new Uint8Array(1 << 20).map((_, index) => (index >> 5) * 7);

function* shard() {
  for (let written = 0; written < Number(total) / RANKS; written += chunk.length) yield chunk;
}

async function save() {
  const compression = codec === "none" ? codec : { codec, level: 1 };
  const writer = await CheckpointWriter.open(store, { step: 1, worldSize: RANKS, compression, environment: {} });
  const { manifest } = await writer.saveAll(Array.from({ length: RANKS }, shard));
  return manifest.shards.reduce((sum, { size }) => sum + size, 0);
}

async function restore() {
  const reader = await CheckpointReader.latest(store);
  const { bytes } = await reader.restore(async (content) => {
    for await (const _ of content);
  });
  return bytes;
}

const bytes = await (what === "save" ? save() : restore());
console.log(JSON.stringify({ bytes, peakBytes: process.resourceUsage().maxRSS * 1024 }));
