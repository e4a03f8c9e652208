import { closeSync, openSync, writeSync } from "node:fs";
import { mkdir, mkdtemp, open, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { compare } from "./lib/compare.mjs";
import { sluice } from "./lib/sluice.mjs";

export const title = "Many small files";
export const question =
  "Files of 4 KiB in 20 folders (durability none, as its peers): sluice gen with its checks, atomic names and manifest, against bare loops of open, write and close over one ready-made buffer.";

const BYTES = 4096;
const FOLDERS = 20;
const AWAITED = "bare loop, awaited";
const SYNC = "bare loop of sync calls";

export async function run({ smoke, rounds }) {
  const count = smoke ? 200 : 20_000;
  const base = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const buffer = new Uint8Array(BYTES).fill(7);
  const nameOf = (folder, index) => join(folder, String(index % FOLDERS), String(index));
  const candidate = (name, write) => ({
    name,
    prepare: async () => {
      const folder = await mkdtemp(join(base, "set-"));
      for (let i = 0; i < FOLDERS; i++) await mkdir(join(folder, String(i)));
      return folder;
    },
    run: async (folder) => {
      await write(folder);
      return count * BYTES;
    },
    cleanUp: (folder) => rm(folder, { recursive: true }),
  });
  try {
    const rows = await compare(
      [
        candidate("sluice gen", (folder) => {
          const layout = ["--size", `${BYTES}`, "--count", `${count}`, "--depth", "1", "--fan-out", `${FOLDERS}`];
          return sluice("gen", join(folder, "set"), ...layout, "--durability", "none");
        }),
        candidate(AWAITED, async (folder) => {
          for (let i = 0; i < count; i++) {
            const handle = await open(nameOf(folder, i), "w");
            await handle.write(buffer);
            await handle.close();
          }
        }),
        candidate(SYNC, (folder) => {
          for (let i = 0; i < count; i++) {
            const file = openSync(nameOf(folder, i), "w");
            writeSync(file, buffer);
            closeSync(file);
          }
        }),
      ],
      { rounds },
    );
    return { rows, table: renderFiles(rows) };
  } finally {
    await rm(base, { recursive: true, force: true });
  }
}

function renderFiles(rows) {
  const rateOf = (wanted) => rows.find(({ name }) => name === wanted).gigabytesPerSecond;
  const body = rows.map(({ name, gigabytesPerSecond }) => [
    name,
    Math.round((gigabytesPerSecond * 1e9) / BYTES),
    ...[AWAITED, SYNC].map((reference) => (gigabytesPerSecond / rateOf(reference)).toFixed(2)),
  ]);
  return [["", "files/s", `÷ ${AWAITED}`, `÷ ${SYNC}`], ["---", "---:", "---:", "---:"], ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
