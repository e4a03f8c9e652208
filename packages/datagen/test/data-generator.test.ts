import { describe, expect, it } from "vitest";
import { createRecipe, DataGenerator, MAX_PIECE_BYTES, ObjectGen } from "../src/index.js";
import { randomIntegers, TEST_SEED } from "./random.js";
import { refuses } from "./refuses.js";

const recipe = createRecipe({ size: 300_001, seed: 21n, dedup: 1.5, compress: 2.5, blockSize: 4096 });
const whole = new Uint8Array(recipe.size);
new DataGenerator(recipe).fill(whole, 0);

describe("DataGenerator", () => {
  it(`fills any window alike (SLUICE_TEST_SEED=${TEST_SEED})`, () => {
    const random = randomIntegers(TEST_SEED);
    const generator = new DataGenerator(recipe);
    for (let round = 0; round < 300; round++) {
      const offset = random(recipe.size + 1);
      const target = new Uint8Array(random(recipe.size - offset + 1));
      generator.fill(target, offset);
      expect(Buffer.compare(target, whole.subarray(offset, offset + target.byteLength)), `${offset}`).toBe(0);
    }
  });

  it("shows pieces without a copy, each valid until the next call", () => {
    const generator = new DataGenerator(recipe);
    expect(generator.piece(77).byteLength).toBe(MAX_PIECE_BYTES);
    expect(generator.piece(77, 10_000_000).byteLength).toBe(MAX_PIECE_BYTES);
    expect([...generator.piece(77, 5)]).toEqual([...whole.subarray(77, 82)]);
    expect([...generator.piece(recipe.size - 3)]).toEqual([...whole.subarray(-3)]);
    expect(generator.piece(recipe.size).byteLength).toBe(0);
    expect(generator.piece(0).buffer).toBe(generator.piece(100).buffer);
  });

  it("yields chunks that belong to the caller", () => {
    const generator = new DataGenerator(recipe);
    expect(Buffer.concat([...generator.chunks()]).equals(whole)).toBe(true);
    const some = [...generator.chunks({ start: 1000, end: 101_000 }, 33_000)];
    expect(some.map((chunk) => chunk.byteLength)).toEqual([33_000, 33_000, 33_000, 1000]);
    expect(Buffer.concat(some).equals(whole.subarray(1000, 101_000))).toBe(true);
    expect([...generator.chunks({ start: recipe.size })]).toEqual([]);
  });

  it("goes on with another recipe", () => {
    const other = createRecipe({ size: 1000, seed: 22n });
    const generator = new DataGenerator(other);
    const before = generator.piece(0).slice();
    generator.reconfigure(recipe);
    expect(generator.recipe).toEqual(recipe);
    expect(Buffer.compare(generator.piece(0, 1000), whole.subarray(0, 1000))).toBe(0);
    generator.reconfigure(other);
    expect(Buffer.compare(generator.piece(0), before)).toBe(0);
  });

  it("refuses what lies outside of the object", () => {
    const generator = new DataGenerator(recipe);
    refuses(
      () => generator.fill(new Uint8Array(2), recipe.size - 1),
      "InvalidArgument",
      /reach beyond the size of 300001/,
    );
    refuses(() => generator.fill(new Uint8Array(0), recipe.size + 1), "InvalidArgument", /offset/);
    refuses(() => generator.fill(new Uint8Array(1), -1), "InvalidArgument", /offset/);
    refuses(() => generator.fill(new Uint8Array(1), 0.5), "InvalidArgument", /offset/);
    refuses(() => generator.fill([] as never, 0), "InvalidArgument", /target must be a Uint8Array/);
    refuses(() => generator.piece(recipe.size + 1), "InvalidArgument", /offset/);
    refuses(() => generator.piece(0, 0), "InvalidArgument", /maxBytes/);
  });

  it("refuses a range or a chunk size that is none, before the first chunk is asked for", () => {
    const generator = new DataGenerator(recipe);
    refuses(() => generator.chunks({ start: -1 }), "InvalidArgument", /start/);
    refuses(() => generator.chunks({ end: recipe.size + 1 }), "InvalidArgument", /end/);
    refuses(() => generator.chunks({ start: 2, end: 1 }), "InvalidArgument", /end/);
    refuses(() => generator.chunks({ from: 1 } as never), "InvalidArgument", /unknown option "from"/);
    refuses(() => generator.chunks({}, 0), "InvalidArgument", /chunkBytes/);
  });

  it("refuses a recipe that is none", () => {
    refuses(() => new DataGenerator({ ...recipe, blockSize: 3 }), "InvalidArgument", /blockSize/);
    refuses(() => new DataGenerator(undefined as never), "InvalidArgument", /recipe/);
    refuses(() => new DataGenerator(recipe).reconfigure({ ...recipe, size: -1 }), "InvalidArgument", /size/);
  });
});

describe("ObjectGen", () => {
  it.each([1000, 65_536, 299_999, 1 << 20])("hands out the object in order, %d bytes at a time", (chunkBytes) => {
    const source = new ObjectGen(recipe);
    const chunks: Buffer[] = [];
    const chunk = new Uint8Array(chunkBytes);
    for (let filled = source.fillChunk(chunk); filled > 0; filled = source.fillChunk(chunk)) {
      chunks.push(Buffer.from(chunk.subarray(0, filled)));
      expect(source.isComplete).toBe(source.position === recipe.size);
    }
    expect(source.isComplete).toBe(true);
    expect(Buffer.concat(chunks).equals(whole)).toBe(true);
  });

  it("begins again after reset", () => {
    const source = new ObjectGen(recipe);
    const [first, again] = [new Uint8Array(100), new Uint8Array(100)];
    source.fillChunk(first);
    source.reset();
    expect(source.position).toBe(0);
    source.fillChunk(again);
    expect(again).toEqual(first);
  });

  it("is complete at once where there are no bytes", () => {
    const source = new ObjectGen(createRecipe({ size: 0 }));
    expect(source.isComplete).toBe(true);
    expect(source.fillChunk(new Uint8Array(8))).toBe(0);
  });

  it("refuses a target that is none and leaves its position", () => {
    const source = new ObjectGen(recipe);
    refuses(() => source.fillChunk("abc" as never), "InvalidArgument", /Uint8Array/);
    expect(source.position).toBe(0);
  });
});
