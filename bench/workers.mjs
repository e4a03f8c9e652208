import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { fileURLToPath } from "node:url";
import { WorkerPool } from "@sluice/core";
import { createRecipe, DataGenerator, StreamingDataWriter } from "@sluice/datagen";
import { compare } from "./lib/compare.mjs";
import { nullStore } from "./lib/null-store.mjs";
import { sluice } from "./lib/sluice.mjs";

export const title = "Workers";
export const question =
  "The same work by one thread and by two: sluice gen to file: (durability none), generating and hashing for a store that keeps nothing, and zstd 3, whose peer is one zstd-napi stream.";

export async function run({ smoke, rounds }) {
  const small = 1 << 20;
  const groups = [
    genGroup("16 objects", 16, smoke ? small : 2 ** 29),
    genGroup("one object", 1, smoke ? small : 2 ** 33),
    wholeObjectsGroup(smoke ? small : 2 ** 32),
    oneObjectGroup(smoke ? small : 2 ** 32),
    await compressionGroup(smoke ? small : 2 ** 28),
  ];
  const rows = [];
  for (const candidates of groups) rows.push(await compare(candidates, { rounds }));
  return { rows: rows.flat(), table: renderGroups(rows) };
}

function genGroup(name, count, size) {
  return [1, 2].map((workers) => ({
    name: `gen, ${name} of ${size / 2 ** 20} MiB, workers ${workers}`,
    prepare: () => mkdtemp(join(tmpdir(), "sluice-bench-")),
    run: async (folder) => {
      const where = ["gen", join(folder, "set"), "--durability", "none"];
      await sluice(...where, "--size", `${size}`, "--count", `${count}`, "--workers", `${workers}`, "--seed", "7");
      return count * size;
    },
    cleanUp: (folder) => rm(folder, { recursive: true }),
  }));
}

/** Threads that have an object each. */
function wholeObjectsGroup(size) {
  return [1, 2].map((threads) => ({
    name: `generation + CRC-32C of an object a thread, threads ${threads}`,
    prepare: async () => {
      const pool = new WorkerPool(fileURLToPath(new URL("lib/generate-worker.mjs", import.meta.url)), { threads });
      // Beginning a thread takes longer than a small object.
      await Promise.all(Array.from({ length: threads }, () => pool.run({ size: 1 << 20, seed: 0n })));
      return pool;
    },
    run: async (pool) => {
      await Promise.all(Array.from({ length: threads }, (_, index) => pool.run({ size, seed: BigInt(index) })));
      return threads * size;
    },
    cleanUp: (pool) => pool.close(),
  }));
}

/** Threads that make one object together, for the thread that writes it. */
function oneObjectGroup(size) {
  return [1, 2].map((workers) => ({
    name: `generation + CRC-32C of one object, workers ${workers}`,
    run: async () => {
      const writer = await StreamingDataWriter.create({ store: nullStore(), key: "a" }, { size, seed: 7n, workers });
      await writer.generateRemaining();
      await writer.finalize();
      return size;
    },
  }));
}

async function compressionGroup(total) {
  const generator = new DataGenerator(createRecipe({ size: 64 << 20, seed: 7n, compress: 2 }));
  const data = [...generator.chunks({}, 1 << 20)];
  function* chunks() {
    for (let done = 0; done < total; done += 1 << 20) yield data[(done >> 20) % data.length];
  }
  const written = (workers) => ({
    name: `zstd 3 in frames, workers ${workers}`,
    run: async () => {
      await nullStore().put("object", chunks(), { compression: { codec: "zstd", level: 3, workers } });
      return total;
    },
  });
  const zstd = await import("zstd-napi").catch(() => undefined);
  if (zstd === undefined) return [written(1), written(2)];
  const stream = {
    name: "zstd-napi CompressStream 3",
    run: async () => {
      const discard = new Writable({ write: (_chunk, _encoding, done) => done() });
      await pipeline(chunks, new zstd.CompressStream({ compressionLevel: 3 }), discard);
      return total;
    },
  };
  return [stream, written(1), written(2)];
}

function renderGroups(groups) {
  const body = groups.flatMap((rows) =>
    rows.map(({ name, gigabytesPerSecond, cpuSecondsPerGigabyte }) => [
      name,
      gigabytesPerSecond.toFixed(2),
      (gigabytesPerSecond / rows[0].gigabytesPerSecond).toFixed(2),
      cpuSecondsPerGigabyte.toFixed(2),
    ]),
  );
  return [["", "GB/s", "÷ the first of its kind", "CPU s/GB"], ["---", "---:", "---:", "---:"], ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
