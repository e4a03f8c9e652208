import { randomFillSync } from "node:crypto";
import { Crc32c } from "@sluice/core";
import { createRecipe, DataGenerator } from "@sluice/datagen";
import { compare, renderTable } from "./lib/compare.mjs";
import { fioRefill, isInstalled } from "./lib/tools.mjs";

export const title = "Generation";
export const question =
  "One core, 64 KiB pieces, against crypto.randomFillSync, fio's refilling of its buffers (into its null engine, by its own clock) and filling a hot buffer.";

export async function run({ smoke, rounds }) {
  const total = smoke ? 4 << 20 : 2 ** 31;
  const generate = (name, options, use = () => undefined) => ({
    name,
    prepare: () => new DataGenerator(createRecipe({ size: total, seed: 7n, ...options })),
    run: (generator) => {
      for (let offset = 0; offset < total; ) {
        const piece = generator.piece(offset);
        use(piece);
        offset += piece.byteLength;
      }
      return total;
    },
  });
  const buffer = new Uint8Array(64 << 10);
  const crc = new Crc32c();
  const words = new Float64Array(buffer.buffer);
  const repeat = (work) => () => {
    for (let done = 0; done < total; done += buffer.length) work();
    return total;
  };
  const rows = await compare(
    [
      generate("random data", {}),
      generate("compress 2", { compress: 2 }),
      generate("compress 3, dedup 2", { compress: 3, dedup: 2 }),
      generate("random data + CRC-32C", {}, (piece) => crc.update(piece)),
      generate("recipe version 2", { version: 2 }),
      generate("recipe version 2 + CRC-32C", { version: 2 }, (piece) => crc.update(piece)),
      generate("random data, copied out", {}, (piece) => buffer.set(piece)),
      { name: "CRC-32C alone", run: repeat(() => crc.update(buffer)) },
      ...(isInstalled("fio") ? [{ name: "fio refill_buffers", run: fioRefill(total) }] : []),
      { name: "randomFillSync", run: repeat(() => randomFillSync(buffer)) },
      { name: "hot fill (the limit)", run: repeat(() => words.fill(1)) },
    ],
    { rounds },
  );
  return { rows, table: renderTable(rows, ["randomFillSync", "hot fill (the limit)"]) };
}
