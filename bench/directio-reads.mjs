import { join } from "node:path";
import { compare, renderTable } from "./lib/compare.mjs";
import { inDirectFolder } from "./lib/direct-folder.mjs";
import { FIO, fioCandidates, isInstalled } from "./lib/tools.mjs";

export const title = "Reading past the page cache";
export const question =
  "One object with O_DIRECT, whole, in chunks that are lent, or that belong to the reader, who gets new memory for each. fio reads into one buffer and looks at nothing.";

const MIB = 1 << 20;

export async function run({ smoke, rounds }) {
  const total = smoke ? 16 * MIB : 1024 * MIB;
  return inDirectFolder(async (folder, openStore) => {
    const writer = await (await openStore()).createWriter("object");
    const chunk = new Uint8Array(MIB).map((_, index) => index * 7);
    for (let done = 0; done < total; done += MIB) await writer.writeChunk(chunk);
    const { checksum } = await writer.finalize();
    const hasFio = isInstalled("fio");
    const rows = await compare(
      [...ownCandidates(openStore, checksum), ...(hasFio ? fioCandidates(join(folder, "object"), total, "read") : [])],
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
    read("read, chunks lent", {}, { lendChunks: true }),
    read("read + verify, chunks lent", {}, { lendChunks: true, verify: checksum }),
    read("read", {}),
    read("read + verify", {}, { verify: checksum }),
    read("read, slabs of 4 MiB", { slabBytes: 4 * MIB }),
    read("read, slabs of 16 MiB", { slabBytes: 16 * MIB }),
  ];
}
