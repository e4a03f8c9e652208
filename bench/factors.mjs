import { createRecipe, DataGenerator, expectationOf, Meter } from "@sluice/datagen";

export const title = "Factors that hold";
export const question =
  "Generated objects measured by the meter: for every factor of dedup, what zstd 3 makes of the unique blocks of 64 KiB (N:1) and how many different blocks there are, of how many the quota asks for.";

const COMPRESS = [1, 1.5, 2, 3, 5, 10];
const DEDUP = [1, 1.5, 2, 4, 10];
const MIB = 1 << 20;
const BLOCK_BYTES = 64 << 10;

export async function run({ smoke }) {
  const rows = [];
  const tables = [];
  let worst = 0;
  let wrong = 0;
  for (const size of smoke ? [MIB, 2 * MIB] : [MIB, 64 * MIB, 1024 * MIB]) {
    const name = size < 1024 * MIB ? `${size / MIB} MiB` : "1 GiB";
    const lines = [];
    const start = performance.now();
    for (const compress of COMPRESS) {
      const cells = [];
      for (const dedup of DEDUP) {
        const { ratio, distinct, expected } = await measureOne(size, compress, dedup);
        if (ratio !== undefined) worst = Math.max(worst, Math.abs(ratio / compress - 1));
        if (distinct !== expected) wrong++;
        cells.push(`${ratio?.toFixed(3) ?? "no zstd"}, ${distinct} of ${expected}`);
      }
      lines.push([`compress ${compress}`, ...cells]);
    }
    const seconds = (performance.now() - start) / 1000;
    rows.push({ name, gigabytesPerSecond: (size * COMPRESS.length * DEDUP.length) / seconds / 1e9 });
    tables.push(renderFactors(name, lines));
  }
  const verdict = `Largest deviation of a compress factor: ${(worst * 100).toFixed(2)} %. Quotas that differ: ${wrong}.`;
  return { rows, table: [...tables, verdict].join("\n\n") };
}

async function measureOne(size, compress, dedup) {
  const recipe = createRecipe({ size, seed: 7n, compress, dedup, blockSize: BLOCK_BYTES });
  const generator = new DataGenerator(recipe);
  const meter = await Meter.create({
    compressors: ["zstd-3"],
    blockBytes: [BLOCK_BYTES],
    uniqueBlockBytes: BLOCK_BYTES,
  });
  for (let offset = 0; offset < size; ) {
    const piece = generator.piece(offset);
    await meter.add(piece);
    offset += piece.byteLength;
  }
  await meter.endObject();
  const { uniqueCompression, fixedDedup } = await meter.report();
  return {
    ratio: uniqueCompression.compression[0]?.ratio,
    distinct: fixedDedup[0].distinctBlocks,
    expected: expectationOf([recipe]).distinctBlocks,
  };
}

function renderFactors(name, lines) {
  const header = [name, ...DEDUP.map((dedup) => `dedup ${dedup}`)];
  return [header, header.map((_, index) => (index === 0 ? "---" : "---:")), ...lines]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
