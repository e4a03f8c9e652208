import { createHash } from "node:crypto";
import { Crc32c } from "@sluice/core";
import { compare, renderTable } from "./lib/compare.mjs";

export const title = "CRC-32C";
export const question =
  "Hashing 64 KiB chunks that are in the processor's cache, against SHA-256 of node:crypto and reading the bytes once.";

export async function run({ smoke, rounds }) {
  const total = smoke ? 4 << 20 : 1 << 30;
  const chunk = new Uint8Array(64 << 10).map((_, index) => index * 7);
  const words = new Float64Array(chunk.buffer);
  const repeat = (work) => () => {
    for (let done = 0; done < total; done += chunk.length) work();
    return total;
  };
  const rows = await compare(
    [
      {
        name: "Crc32c.update",
        run: () => {
          const crc = new Crc32c();
          return repeat(() => crc.update(chunk))();
        },
      },
      { name: "fill (the limit)", run: repeat(() => words.fill(1)) },
      {
        name: "SHA-256",
        run: () => {
          const hash = createHash("sha256");
          return repeat(() => hash.update(chunk))();
        },
      },
    ],
    { rounds },
  );
  return { rows, table: renderTable(rows, ["SHA-256", "fill (the limit)"]) };
}
