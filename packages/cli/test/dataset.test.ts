import { truncate, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { MAX_DATASET_BYTES, MAX_OBJECTS } from "../src/dataset.js";
import { parseDataset } from "../src/parse-dataset.js";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
let text = "";

beforeAll(async () => {
  const { stdout } = await run(["gen", "memory://dataset", "--size", "1000", "--count", "2", "--json"], {
    workingFolder: "/",
  });
  const { uri: _uri, elapsedMs: _elapsedMs, ...dataset } = JSON.parse(stdout);
  text = JSON.stringify(dataset);
});

describe("a manifest", () => {
  test("is read as it was written", () => {
    const { dataset, objects } = parseDataset(text, "memory://dataset/dataset.json");
    expect(JSON.parse(JSON.stringify(dataset))).toEqual(JSON.parse(text));
    const [first] = objects();
    expect(first?.recipe.seed.toString()).toBe(JSON.parse(text).objects[0].seed);
  });

  test.each<[string, (dataset: Record<string, unknown>) => unknown]>([
    ["is no object", () => []],
    ["has another format", (all) => ({ ...all, format: "other" })],
    ["has no version", (all) => ({ ...all, version: "1" })],
    ["has no recipe", (all) => ({ ...all, recipe: null })],
    ["has a seed that is a number", (all) => withRecipe(all, { seed: 7 })],
    ["has a seed that is too large", (all) => withRecipe(all, { seed: "18446744073709551616" })],
    ["has a negative size", (all) => withRecipe(all, { size: -1 })],
    ["has a block size that is no power of two", (all) => withRecipe(all, { blockSize: 1000 })],
    ["has another count", (all) => withRecipe(all, { count: 3 })],
    ["has no objects", (all) => ({ ...all, objects: {} })],
    ["has too many objects", (all) => ({ ...all, objects: Array(MAX_OBJECTS + 1).fill({}) })],
    ["has an object without a key", (all) => withObject(all, { key: "" })],
    ["has two objects of one key", (all) => withObject(all, { key: "object-000001.bin" })],
    ["has objects in another order", (all) => withObject(all, { index: 1 })],
    ["has a seed that is not the derived one", (all) => withObject(all, { seed: "1" })],
    ["has an object of another size", (all) => withObject(all, { size: 999 })],
    ["has a stored size that is none", (all) => withObject(all, { storedSize: 1.5 })],
    ["has a checksum of another kind", (all) => withObject(all, { checksum: "md5:00" })],
    ["has a stored checksum of another kind", (all) => withObject(all, { storedChecksum: null })],
    ["has other totals", (all) => ({ ...all, totals: { objects: 2, bytes: 1, storedBytes: 1 } })],
    ["has an unknown codec", (all) => ({ ...all, compression: { codec: "lz4", level: 1 } })],
    ["has no level", (all) => ({ ...all, compression: { codec: "zstd" } })],
  ])("that %s is BadData", (_, change) => {
    const changed = JSON.stringify(change(JSON.parse(text)));
    expect(() => parseDataset(changed, "memory://x/dataset.json")).toThrow(
      expect.objectContaining({ code: "BadData" }),
    );
  });

  test("cut off at any place is BadData", () => {
    for (let end = 0; end < text.length; end += 7) {
      expect(() => parseDataset(text.slice(0, end), "u")).toThrow(expect.objectContaining({ code: "BadData" }));
    }
  });

  test("of a later version is told apart", () => {
    const later = JSON.stringify({ ...JSON.parse(text), version: 3 });
    expect(() => parseDataset(later, "u")).toThrow(expect.objectContaining({ code: "Usage" }));
    const recipe = JSON.stringify(withRecipe(JSON.parse(text), { version: 3 }));
    expect(() => parseDataset(recipe, "u")).toThrow(expect.objectContaining({ code: "Unsupported" }));
  });

  test("that is damaged ends verify with 1, and one that is too large is not read", async () => {
    const file = join(folder.path, "dataset.json");
    await writeFile(file, text.slice(0, 100));
    const options = { workingFolder: folder.path };
    expect(await run(["verify", "."], options)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringMatching(/dataset\.json is no dataset, or damaged: /),
    });
    await truncate(file, MAX_DATASET_BYTES + 1);
    expect(await run(["verify", "."], options)).toMatchObject({
      exitCode: 1,
      stderr: expect.stringContaining("a dataset has at most"),
    });
  });
});

function withRecipe(dataset: Record<string, unknown>, fields: object): object {
  return { ...dataset, recipe: { ...(dataset["recipe"] as object), ...fields } };
}

function withObject(dataset: Record<string, unknown>, fields: object): object {
  const [first, second] = dataset["objects"] as object[];
  return { ...dataset, objects: [{ ...first, ...fields }, second] };
}
