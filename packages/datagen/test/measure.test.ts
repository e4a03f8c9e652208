import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { gzipSync } from "node:zlib";
import { describe, expect, it } from "vitest";
import {
  compareWithRecipe,
  createDatasetSpec,
  createRecipe,
  DatasetPlan,
  expectationOf,
  Meter,
  type MeterOptions,
  measure,
} from "../src/index.js";
import { DistinctCounter } from "../src/measure/distinct-counter.js";
import { contentOf } from "./content.js";
import { randomIntegers, TEST_SEED } from "./random.js";
import { rejects } from "./refuses.js";

async function reportOf(objects: readonly Uint8Array[], options: MeterOptions = {}, stepBytes = 1 << 30) {
  const meter = await Meter.create(options);
  for (const bytes of objects) {
    for (let at = 0; at < bytes.byteLength; at += stepBytes) await meter.add(bytes.subarray(at, at + stepBytes));
    await meter.endObject();
  }
  return meter.report();
}

/** Real text: the pages of this repository. */
const docs = new URL("../../../docs/", import.meta.url);
const text = Buffer.concat(
  ["contract.md", "recipe-v1.md", "errors.md", "writing-a-backend.md"].map((name) => readFileSync(new URL(name, docs))),
);

describe("a meter", () => {
  it("counts blocks as a set of their SHA-256 does, whatever the chunks and the order of sizes", async () => {
    const data = [
      Buffer.concat([text, contentOf(createRecipe({ size: 3_000_001, seed: 3n, dedup: 2.5, blockSize: 4096 })), text]),
      contentOf(createRecipe({ size: 1_100_000, seed: 3n, dedup: 3, blockSize: 16_384 })),
      new Uint8Array(200_000),
      new Uint8Array(0),
    ];
    for (const stepBytes of [1 << 30, 65_537]) {
      const blockBytesList = [65_536, 512, 4096, 1 << 20, 16_384];
      const report = await reportOf(data, { compressors: [], blockBytes: blockBytesList }, stepBytes);
      expect(report.fixedDedup.map(({ blockBytes }) => blockBytes)).toEqual([512, 4096, 16_384, 65_536, 1 << 20]);
      for (const { blockBytes, blocks, distinctBlocks, distinctBytes, relativeError } of report.fixedDedup) {
        const seen = new Map<string, number>();
        let count = 0;
        for (const bytes of data) {
          for (let at = 0; at < bytes.byteLength; at += blockBytes, count++) {
            const block = bytes.subarray(at, at + blockBytes);
            seen.set(createHash("sha256").update(block).digest("hex"), block.byteLength);
          }
        }
        expect({ blocks, distinctBlocks, relativeError }).toEqual({
          ...{ blocks: count, distinctBlocks: seen.size, relativeError: 0 },
        });
        expect(distinctBytes).toBe([...seen.values()].reduce((sum, bytes) => sum + bytes, 0));
      }
    }
  });

  it("compresses text and packed data as the libraries do", async () => {
    const zstd = await import("zstd-napi").catch(() => undefined);
    for (const bytes of [text, gzipSync(text)]) {
      const report = await reportOf([bytes]);
      const gzip = report.compression.find(({ name }) => name === "gzip-6");
      expect(gzip?.compressedBytes).toBe(gzipSync(bytes, { level: 6 }).byteLength);
      if (zstd === undefined) continue;
      const expected = zstd.compress(bytes, { compressionLevel: 3 }).byteLength;
      const found = report.compression.find(({ name }) => name === "zstd-3")?.compressedBytes ?? 0;
      expect(Math.abs(found - expected)).toBeLessThan(Math.max(expected * 0.02, 32));
    }
  });

  it("knows the entropy of bytes", async () => {
    const two = new Uint8Array(10_000).map((_, i) => i & 1);
    expect((await reportOf([two], { compressors: [] })).entropyBitsPerByte).toBe(1);
    const random = contentOf(createRecipe({ size: 1 << 20, seed: 1n }));
    expect((await reportOf([random], { compressors: [] })).entropyBitsPerByte).toBeGreaterThan(7.999);
  });

  it.each([1, 2] as const)("agrees with recipe version %i on its own output", async (version) => {
    for (const [dedup, compress] of [
      [1, 1],
      [1.7, 1.5],
      [4, 3],
    ] as const) {
      const recipe = createRecipe({ size: (8 << 20) + 100, seed: 5n, dedup, compress, version });
      const expectation = expectationOf([recipe]);
      if (expectation === undefined) throw new Error("no expectation");
      const report = await reportOf([contentOf(recipe)], { compressors: ["zstd-3"], uniqueBlockBytes: 65_536 });
      const { distinctBlocks, compress: found } = compareWithRecipe(report, expectation);
      expect(distinctBlocks?.deviation).toBe(0);
      if (report.absent.length === 0) expect(Math.abs(found?.deviation ?? 1)).toBeLessThan(0.03);
    }
  });

  it.each(["object", "dataset"] as const)("agrees with a structured set deduplicated by %s", async (dedupScope) => {
    const spec = createDatasetSpec({
      ...{ count: 60, seed: 9n, sizes: { kind: "uniform", minBytes: 0, maxBytes: 100_000 }, blockSize: 4096 },
      ...{ dedup: 3, compress: 2, dedupScope },
    });
    const recipes = [...new DatasetPlan(spec).objects()].map(({ recipe }) => recipe);
    const expectation = expectationOf(recipes);
    const report = await reportOf(recipes.map(contentOf), { compressors: [], blockBytes: [4096] });
    expect(report.fixedDedup[0]).toMatchObject({
      ...{ blocks: expectation?.blocks, distinctBlocks: expectation?.distinctBlocks },
    });
  });

  it("refuses options outside of their limits, before any I/O", async () => {
    await rejects(Meter.create({ compressors: ["brotli" as never] }), "InvalidArgument", /zstd-1, zstd-3/);
    await rejects(Meter.create({ blockBytes: [1000] }), "InvalidArgument", /powers of two/);
    await rejects(Meter.create({ blockBytes: [2 << 20] }), "InvalidArgument", /blockBytes/);
    await rejects(Meter.create({ blockBytes: [] }), "InvalidArgument", /list of sizes/);
    await rejects(Meter.create({ uniqueBlockBytes: 512 }), "InvalidArgument", /one of blockBytes/);
    await rejects(measure("memory://a/b", { level: 1 } as never), "InvalidArgument", /unknown option "level"/);
    await rejects(measure({} as never), "InvalidArgument", /must be a URI/);
    await rejects(measure("memory://a/b", { signal: AbortSignal.abort() }), "Aborted", /./);
    await rejects(measure("memory://a/none"), "NotFound", /./);
  });
});

describe("a distinct counter", () => {
  it(`stays within its error above its capacity (SLUICE_TEST_SEED=${TEST_SEED})`, () => {
    const random = randomIntegers(TEST_SEED);
    const counter = new DistinctCounter();
    const distinct = 700_000;
    for (let i = 0; i < distinct; i++) {
      const [high, low] = [random(2 ** 32), random(2 ** 32)];
      counter.add(high, low, 10);
      if (i % 3 === 0) counter.add(high, low, 10);
    }
    const { relativeError, ...found } = counter.result();
    expect(counter.isExact).toBe(false);
    expect(relativeError).toBeLessThan(0.0034);
    // Six standard errors: once in five hundred million.
    expect(Math.abs(found.distinct / distinct - 1)).toBeLessThan(6 * relativeError);
    expect(found.distinctBytes).toBe(found.distinct * 10);
  });
});
