// Begins an object below a folder and forgets to finalize it. Arguments: folder, who writes, how the process ends: "collect" waits for
// the garbage collector (node --expose-gc), "end" has nothing more to do, "exit" calls process.exit.
import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { fsBackend } from "@sluice/backend-fs";
import { CheckpointWriter } from "@sluice/checkpoint";
import { openWriter, StoreRegistry } from "@sluice/core";
import { StreamingDataWriter } from "@sluice/datagen";

const [folder, who, how] = process.argv.slice(2);
const registry = new StoreRegistry({ plugins: [fsBackend()], discovery: false });

async function begin() {
  if (who === "core") {
    const writer = await openWriter(`file://${folder}/object`, { registry });
    await writer.writeChunk(new Uint8Array(2 << 20));
  } else if (who === "datagen") {
    const writer = await StreamingDataWriter.create(`file://${folder}/object`, { size: 4 << 20, registry });
    await writer.generateChunk(1 << 20);
  } else {
    const save = await CheckpointWriter.open(`file://${folder}`, { step: 1, worldSize: 1, registry });
    const { writer } = await save.shardWriter(0);
    await writer.writeChunk(new Uint8Array(2 << 20));
  }
}

await begin();
if (how === "exit") process.exit();
if (how === "collect") {
  const warned = once(process, "warning");
  let isWarned = false;
  warned.then(() => {
    isWarned = true;
  });
  while (!isWarned) {
    globalThis.gc();
    await nextTurn();
  }
}
