import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { fileURLToPath } from "node:url";
import { describe, expect, it } from "vitest";
import { exactExp, exactLn, normalQuantile } from "../src/dataset/exact-math.js";
import {
  createDatasetSpec,
  DatasetPlan,
  type DatasetSpecOptions,
  datasetSpecFromJson,
  datasetSpecToJson,
  type SizeDistribution,
  uniqueBlockOf,
  uniqueBlocks,
} from "../src/index.js";
import { refuses } from "./refuses.js";

const lognormal: SizeDistribution = { kind: "lognormal", medianBytes: 65_536, sigma: 1.5, maxBytes: 1 << 30 };
const planOf = (options: Partial<DatasetSpecOptions> = {}) =>
  new DatasetPlan(createDatasetSpec({ count: 1000, sizes: lognormal, seed: 7n, ...options }));

describe("arithmetic that is the same everywhere", () => {
  it("is that of Math, to 14 digits", () => {
    for (let x = -40; x <= 40; x += 0.37) expect(exactExp(x) / Math.exp(x)).toBeCloseTo(1, 13);
    for (const x of [1e-16, 0.001, 0.5, 0.7, 1, 1.4, 2, 1000, 1e15]) expect(exactLn(x)).toBeCloseTo(Math.log(x), 12);
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.090232, 6);
    expect(normalQuantile(0.5)).toBe(0);
  });
});

describe("sizes", () => {
  const sorted = (sizes: SizeDistribution) => {
    const plan = planOf({ sizes, count: 20_000 });
    return Array.from({ length: plan.count }, (_, index) => plan.sizeOf(index)).sort((a, b) => a - b);
  };

  it("lognormal have their median and their deviation", () => {
    const sizes = sorted(lognormal);
    expect((sizes[10_000] as number) / 65_536).toBeCloseTo(1, 1);
    // One deviation is at 84.13 %.
    expect(Math.log((sizes[16_827] as number) / 65_536) / 1.5).toBeCloseTo(1, 1);
    expect(sorted({ ...lognormal, maxBytes: 100_000 }).at(-1)).toBe(100_000);
  });

  it("uniform reach from end to end", () => {
    const sizes = sorted({ kind: "uniform", minBytes: 10, maxBytes: 19 });
    for (let size = 10; size < 20; size++) {
      expect(Math.abs(sizes.filter((other) => other === size).length - 2000)).toBeLessThan(250);
    }
    expect([sizes[0], sizes.at(-1)]).toEqual([10, 19]);
  });

  it("of a histogram come by their weights", () => {
    const buckets = [
      { minBytes: 0, maxBytes: 0, weight: 1 },
      { minBytes: 100, maxBytes: 199, weight: 3 },
    ];
    const sizes = sorted({ kind: "histogram", buckets });
    expect(Math.abs(sizes.filter((size) => size === 0).length - 5000)).toBeLessThan(350);
    expect(sizes.every((size) => size === 0 || (size >= 100 && size <= 199))).toBe(true);
  });
});

describe("a plan", () => {
  it("is frozen: names, sizes and seeds never change", () => {
    const digest = (options: Partial<DatasetSpecOptions>) => {
      const hash = createHash("sha256");
      for (const { index, key, recipe } of planOf({ dedup: 1.7, blockSize: 4096, ...options }).objects()) {
        hash.update(`${index} ${key} ${recipe.size} ${recipe.seed} ${JSON.stringify(recipe.scope)}\n`);
      }
      return hash.digest("hex").slice(0, 16);
    };
    const buckets = [{ minBytes: 1, maxBytes: 9_000, weight: 0.3 }];
    expect([
      digest({}),
      digest({ depth: 2, fanOut: 12, dedupScope: "dataset" }),
      digest({ sizes: { kind: "uniform", minBytes: 0, maxBytes: 1 << 20 }, placement: "near" }),
      digest({ sizes: { kind: "histogram", buckets }, seed: 0n }),
      digest({ sizes: { kind: "fixed", bytes: 77 }, depth: 1 }),
    ]).toEqual(["d0210c590f19cf67", "5936f675dad0d725", "5bed6cab30f22af1", "da57f1627a7a8d9e", "e136c5927b7228c6"]);
  });

  it("fills its folders evenly, and no two objects have one name", () => {
    const keys = [...planOf({ count: 100, depth: 2, fanOut: 3 }).objects()].map(({ key }) => key);
    expect(new Set(keys).size).toBe(100);
    const folders = new Map<string, number>();
    for (const key of keys) {
      const folder = key.slice(0, key.lastIndexOf("/"));
      folders.set(folder, (folders.get(folder) ?? 0) + 1);
    }
    expect([...folders.keys()]).toEqual(["0", "1", "2"].flatMap((a) => ["0", "1", "2"].map((b) => `d${a}/d${b}`)));
    for (const count of folders.values()) expect([11, 12]).toContain(count);
  });

  it("with the scope of a dataset has exactly the quota of all its blocks", () => {
    for (const placement of ["far", "near"] as const) {
      const recipes = [...planOf({ dedupScope: "dataset", dedup: 3.3, blockSize: 4096, placement }).objects()];
      const ids = new Set<number>();
      const tails = new Set<number>();
      let blocks = 0;
      for (const { recipe } of recipes) {
        const full = Math.floor(recipe.size / 4096);
        for (let block = 0; block < full; block++) ids.add(uniqueBlockOf(recipe, block));
        blocks += full;
        if (recipe.size % 4096 > 0) tails.add(uniqueBlockOf(recipe, full));
      }
      expect(recipes[0]?.recipe.scope?.blocks).toBe(blocks);
      expect(ids.size).toBe(uniqueBlocks((recipes[0] as (typeof recipes)[0]).recipe));
      expect(ids.size).toBe(Math.floor((blocks * 1000 + 1650) / 3300));
      expect(tails.size).toBe(recipes.filter(({ recipe }) => recipe.size % 4096 > 0).length);
    }
  });

  it("of a million objects is streamed: a process that walks it stays below 200 MiB", () => {
    const child = fileURLToPath(new URL("./children/walk-plan.mjs", import.meta.url));
    const { objects, bytes, rssMiB } = JSON.parse(
      execFileSync(process.execPath, [child], { encoding: "utf8" }),
    ) as Record<string, number>;
    expect({ objects, bytes }).toEqual({ objects: 1_000_000, bytes: 202_109_864_903 });
    expect(rssMiB).toBeLessThan(200);
  });

  it("survives JSON, and refuses what is outside of its limits", () => {
    const { spec } = planOf({ depth: 2, placement: "near" });
    expect(datasetSpecFromJson(JSON.parse(JSON.stringify(datasetSpecToJson(spec))))).toEqual(spec);
    const refused = (options: object, message: RegExp) => refuses(() => planOf(options), "InvalidArgument", message);
    refused({ count: 0 }, /count/);
    refused({ count: 100_000_001 }, /count/);
    refused({ depth: 9 }, /depth/);
    refused({ depth: 3, fanOut: 101 }, /folders/);
    refused({ dedupScope: "all" }, /dedupScope/);
    refused({ sizes: { kind: "normal" } }, /sizes.kind/);
    refused({ sizes: { kind: "fixed", bytes: -1 } }, /sizes.bytes/);
    refused({ sizes: { kind: "fixed", bytes: 1, more: 1 } }, /unknown option "more"/);
    refused({ sizes: { kind: "histogram", buckets: [] } }, /buckets/);
    refused({ sizes: { ...lognormal, sigma: Number.NaN } }, /sigma/);
    refused({ fanout: 2 }, /unknown option "fanout"/);
    refuses(() => planOf({ sizes: { kind: "fixed", bytes: 2 ** 50 } }).bytes, "InvalidArgument", /2\^53/);
    refuses(() => planOf().sizeOf(1000), "InvalidArgument", /index/);
    refuses(() => datasetSpecFromJson({}), "InvalidArgument", /seed is missing/);
  });
});
