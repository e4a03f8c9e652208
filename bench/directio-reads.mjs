import { join } from "node:path";
import { compare, renderTable } from "./lib/compare.mjs";
import { inDirectFolder } from "./lib/direct-folder.mjs";
import { fioTransfer, isInstalled } from "./lib/tools.mjs";

export const title = "Reading past the page cache";
export const question =
  "One object with O_DIRECT, whole, in chunks that belong to the reader. fio reads into one buffer and looks at nothing.";

const KIB = 1 << 10;
const MIB = 1 << 20;
const FIO = "fio psync 4 MiB";

export async function run({ smoke, rounds }) {
  const total = smoke ? 16 * MIB : 1024 * MIB;
  return inDirectFolder(async (folder, openStore) => {
    const writer = await (await openStore()).createWriter("object");
    const chunk = new Uint8Array(MIB).map((_, index) => index * 7);
    for (let done = 0; done < total; done += MIB) await writer.writeChunk(chunk);
    const { checksum } = await writer.finalize();
    const hasFio = isInstalled("fio");
    const rows = await compare(
      [...ownCandidates(openStore, checksum), ...(hasFio ? fioCandidates(join(folder, "object"), total) : [])],
      { rounds },
    );
    const table = renderTable(rows, hasFio ? [FIO] : []);
    return { rows, table: hasFio ? table : `${table}\n\nSkipped: fio, which is not installed.` };
  });
}

function ownCandidates(openStore, checksum) {
  const read = (name, storeOptions, getOptions) => ({
    name,
    run: async () => {
      let bytes = 0;
      const store = await openStore(storeOptions);
      for await (const part of await store.get("object", getOptions)) bytes += part.byteLength;
      return bytes;
    },
  });
  return [
    read("read"),
    read("read + verify", {}, { verify: checksum }),
    read("read, slabs of 4 MiB", { slabBytes: 4 * MIB }),
    read("read, slabs of 16 MiB", { slabBytes: 16 * MIB }),
  ];
}

function fioCandidates(path, total) {
  const candidate = (name, engine, blockBytes, depth) => ({
    name,
    run: fioTransfer(path, total, { direction: "read", engine, blockBytes, depth }),
  });
  return [
    candidate("fio psync 64 KiB", "psync", 64 * KIB),
    candidate("fio psync 1 MiB", "psync", MIB),
    candidate(FIO, "psync", 4 * MIB),
    candidate("fio psync 16 MiB", "psync", 16 * MIB),
    candidate("fio libaio 1 MiB, 4 in flight", "libaio", MIB, 4),
  ];
}
