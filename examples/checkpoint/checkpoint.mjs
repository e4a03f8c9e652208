import "@sluice/backend-fs/register";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CheckpointReader, CheckpointWriter, encodeSafetensors } from "@sluice/checkpoint";

const folder = await mkdtemp(join(tmpdir(), "sluice-"));
const base = `file://${folder}/run-7`;

// Save: two ranks, one from tensors, one in a stream. Nothing can be read before the commit.
const weights = { w: { data: new Float32Array([1, 2, 3, 4]), shape: [2, 2] } };
const save = await CheckpointWriter.open(base, { step: 100, epoch: 3, framework: "torch", worldSize: 2 });
await save.save({ 0: encodeSafetensors(weights) });
const { writer } = await save.shardWriter(1);
for (let index = 0; index < 1000; index++) await writer.writeChunk(Buffer.from(`state ${index}\n`));
const { key, size, checksum } = await save.finalizeShard(1, writer);
const { manifestKey } = await save.commit();
console.log(`${manifestKey}: rank 1 is ${key}, ${size} bytes, ${checksum}`);

// Read it back: every byte is verified, and single tensors are read by range.
const checkpoint = await CheckpointReader.latest(base);
const { ok, problems } = await checkpoint.verify({ full: true });
if (!ok) throw new Error(problems.map(({ message }) => message).join("\n"));
let bytes = 0;
for await (const chunk of await checkpoint.shard(1)) bytes += chunk.byteLength;
const { data, shape } = await (await checkpoint.tensors(0)).tensor("w");
console.log(`step ${checkpoint.step}: ${bytes} bytes of rank 1, tensor w [${shape}] is ${data}`);
await rm(folder, { recursive: true });
