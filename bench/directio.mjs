import { rm } from "node:fs/promises";
import { join } from "node:path";
import { StreamingDataWriter } from "@sluice/datagen";
import { compare, renderTable } from "./lib/compare.mjs";
import { inDirectFolder } from "./lib/direct-folder.mjs";
import { ddWrite, FIO, fioCandidates, isInstalled } from "./lib/tools.mjs";

export const title = "Writing past the page cache";
export const question =
  "One new object with O_DIRECT (durability none, as its peers). The peers write ready-made bytes, and nobody checks them: dd zeros, fio one buffer. fio allocates its file beforehand and does not count it.";

const KIB = 1 << 10;
const MIB = 1 << 20;
const DD = "dd oflag=direct bs=4M";

export async function run({ smoke, rounds }) {
  const total = smoke ? 16 * MIB : 1024 * MIB;
  return inDirectFolder(async (folder, openStore) => {
    const path = join(folder, "object");
    const candidates = [
      ...ownCandidates(openStore, total),
      ...(isInstalled("dd") ? [{ name: DD, run: ddWrite(path, total, 4 * MIB) }] : []),
      ...(isInstalled("fio") ? fioCandidates(path, total, "write") : []),
    ].map((candidate) => ({ ...candidate, cleanUp: () => rm(path, { force: true }) }));
    const rows = await compare(candidates, { rounds });
    const names = new Set(rows.map(({ name }) => name));
    const skipped = [DD, FIO].filter((name) => !names.has(name));
    const table = renderTable(
      rows,
      [DD, FIO].filter((name) => names.has(name)),
    );
    return { rows, table: [table, ...skipped.map((name) => `\nSkipped: ${name}, which is not installed.`)].join("\n") };
  });
}

function ownCandidates(openStore, total) {
  const generated = (name, options) => ({
    name,
    run: async () => {
      const target = { store: await openStore(options), key: "object" };
      const writer = await StreamingDataWriter.create(target, { size: total, seed: 7n });
      await writer.generateRemaining();
      await writer.finalize();
      return total;
    },
  });
  const hashed = (name, chunkBytes) => ({
    name,
    prepare: () => new Uint8Array(chunkBytes).map((_, index) => index * 7),
    run: async (chunk) => {
      const writer = await (await openStore()).createWriter("object");
      for (let done = 0; done < total; done += chunkBytes) await writer.writeChunk(chunk);
      await writer.finalize();
      return total;
    },
  });
  return [
    generated("generate + hash + write"),
    generated("generate + hash + write, slabs of 4 MiB", { slabBytes: 4 * MIB }),
    generated("generate + hash + write, slabs of 16 MiB", { slabBytes: 16 * MIB }),
    hashed("hash + write, chunks of 64 KiB", 64 * KIB),
    hashed("hash + write, chunks of 1 MiB", MIB),
    hashed("hash + write, chunks of 16 MiB", 16 * MIB),
  ];
}
