import { closeSync, createWriteStream, openSync, writeSync } from "node:fs";
import { mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { openFsStore } from "@sluice/backend-fs";
import { StreamingDataWriter } from "@sluice/datagen";
import { compare, renderTable } from "./lib/compare.mjs";

export const title = "Writing a file";
export const question =
  "One object through the page cache (durability none, as its peers). The peers write the same number of ready-made bytes: Node's Readable into createWriteStream in 64 KiB chunks, and bare loops that write one hot buffer of 256 KiB again and again.";

const BUFFER_BYTES = 256 << 10;
const REFERENCES = [
  "Readable → createWriteStream",
  "bare loop of awaited writes",
  "bare loop of writeSync (the limit)",
];

export async function run({ smoke, rounds }) {
  const total = smoke ? 4 << 20 : 256 << 20;
  const chunk = new Uint8Array(64 << 10).map((_, index) => index * 7);
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const store = openFsStore(folder, { durability: "none" });
  const cleanUp = () => rm(join(folder, "object"), { force: true });
  const generated = (name, options) => ({
    name,
    cleanUp,
    run: async () => {
      const writer = await StreamingDataWriter.create({ store, key: "object" }, { size: total, seed: 7n, ...options });
      await writer.generateRemaining();
      await writer.finalize();
      return total;
    },
  });
  try {
    const rows = await compare(
      [
        generated("generate + hash + write", { dedup: 1, compress: 1 }),
        generated("generate (dedup 2, compress 3) + hash + write", { dedup: 2, compress: 3 }),
        {
          name: "hash + write",
          cleanUp,
          run: async () => {
            const writer = await store.createWriter("object");
            for (let done = 0; done < total; done += chunk.length) await writer.writeChunk(chunk);
            await writer.finalize();
            return total;
          },
        },
        {
          name: "Readable → createWriteStream",
          cleanUp,
          run: async () => {
            const source = Readable.from(chunks(chunk, total), { objectMode: false });
            await pipeline(source, createWriteStream(join(folder, "object")));
            return total;
          },
        },
        {
          name: "bare loop of awaited writes",
          cleanUp,
          run: async () => {
            const buffer = new Uint8Array(BUFFER_BYTES).fill(1);
            const handle = await open(join(folder, "object"), "w");
            for (let done = 0; done < total; done += BUFFER_BYTES) await handle.write(buffer, 0, BUFFER_BYTES, done);
            await handle.close();
            return total;
          },
        },
        {
          name: "bare loop of writeSync (the limit)",
          cleanUp,
          run: () => {
            const buffer = new Uint8Array(BUFFER_BYTES).fill(1);
            const file = openSync(join(folder, "object"), "w");
            for (let done = 0; done < total; done += BUFFER_BYTES) writeSync(file, buffer, 0, BUFFER_BYTES, done);
            closeSync(file);
            return total;
          },
        },
      ],
      { rounds },
    );
    return { rows, table: renderTable(rows, REFERENCES) };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function* chunks(chunk, total) {
  for (let done = 0; done < total; done += chunk.length) yield chunk;
}
