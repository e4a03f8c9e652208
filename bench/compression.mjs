import { Readable, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGzip } from "node:zlib";
import { createRecipe, DataGenerator } from "@sluice/datagen";
import { compare, renderTable } from "./lib/compare.mjs";
import { nullStore } from "./lib/null-store.mjs";

export const title = "Compression";
export const question =
  "Generated data of compress 2 into a store that keeps nothing, against zstd-napi's own stream and node:zlib's gzip stream of the same chunks.";

const ZSTD_STREAM = "zstd-napi CompressStream 3";
const GZIP_STREAM = "node:zlib createGzip 6";

export async function run({ smoke, rounds }) {
  const total = smoke ? 4 << 20 : 64 << 20;
  const generator = new DataGenerator(createRecipe({ size: total, seed: 7n, compress: 2 }));
  const chunks = [...generator.chunks({}, 1 << 20)];
  const written = (name, compression) => ({
    name,
    run: async () => {
      await nullStore().put("object", chunks, { compression });
      return total;
    },
  });
  const streamed = (name, transform) => ({
    name,
    run: async () => {
      await pipeline(
        Readable.from(chunks, { objectMode: false }),
        transform(),
        new Writable({ write: (_chunk, _encoding, done) => done() }),
      );
      return total;
    },
  });
  const zstd = await import("zstd-napi").catch(() => undefined);
  const zstdCandidates =
    zstd === undefined
      ? []
      : [
          written("zstd 3 in frames of 1 MiB", { codec: "zstd", level: 3 }),
          streamed(ZSTD_STREAM, () => new zstd.CompressStream({ compressionLevel: 3 })),
        ];
  const rows = await compare(
    [
      ...zstdCandidates,
      written("gzip 6 in members of 1 MiB", { codec: "gzip", level: 6 }),
      streamed(GZIP_STREAM, () => createGzip({ level: 6 })),
    ],
    { rounds },
  );
  return { rows, table: renderTable(rows, zstd === undefined ? [GZIP_STREAM] : [ZSTD_STREAM, GZIP_STREAM]) };
}
