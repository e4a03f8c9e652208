import { createMemoryStore, type ObjectStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import {
  CheckpointReader,
  CheckpointWriter,
  type Dtype,
  encodeSafetensors,
  type ManifestShard,
  openSafetensors,
  type TensorArray,
  type TensorSource,
} from "../src/index.js";
import { refuses } from "./refuses.js";
import { damage } from "./stores.js";

const seed = Date.now() % 2 ** 31;
const random = new SeededRandom(seed);
const aligned = (byteLength: number) => new Uint8Array(random.bytes(byteLength)).buffer;

/** One tensor of every dtype, with all its bits random. */
const EVERY: Readonly<Record<string, TensorSource>> = {
  "bool.é": { dtype: "BOOL", data: new Uint8Array([1, 0, 1, 1, 0, 1]), shape: [2, 3] },
  u8: { data: new Uint8Array(aligned(5)) },
  i8: { data: new Int8Array(aligned(4)), shape: [2, 2] },
  e5m2: { dtype: "F8_E5M2", data: new Uint8Array(aligned(3)) },
  e4m3: { dtype: "F8_E4M3", data: new Uint8Array(aligned(3)), shape: [3, 1] },
  i16: { data: new Int16Array(aligned(6)) },
  u16: { data: new Uint16Array(aligned(10)) },
  f16: { dtype: "F16", data: new Uint16Array(aligned(8)), shape: [4] },
  bf16: { dtype: "BF16", data: new Uint16Array(aligned(8)), shape: [2, 2] },
  f4: { dtype: "F4", data: new Uint8Array(aligned(3)), shape: [2, 3] },
  e2m3: { dtype: "F6_E2M3", data: new Uint8Array(aligned(3)), shape: [4] },
  e3m2: { dtype: "F6_E3M2", data: new Uint8Array(aligned(6)), shape: [8] },
  e8m0: { dtype: "F8_E8M0", data: new Uint8Array(aligned(5)) },
  e4m3fnuz: { dtype: "F8_E4M3FNUZ", data: new Uint8Array(aligned(1)) },
  e5m2fnuz: { dtype: "F8_E5M2FNUZ", data: new Uint8Array(aligned(2)) },
  c64: { dtype: "C64", data: new Float32Array(aligned(16)), shape: [2] },
  i32: { data: new Int32Array(aligned(16)) },
  u32: { data: new Uint32Array(aligned(4)) },
  f32: { data: new Float32Array(aligned(24)), shape: [1, 2, 3] },
  f64: { data: new Float64Array(aligned(16)) },
  i64: { data: new BigInt64Array(aligned(24)) },
  u64: { data: new BigUint64Array(aligned(8)), shape: [] },
  empty: { data: new Float32Array(0), shape: [0, 7] },
  "1": { data: new Uint8Array([7]) },
};

console.log(`safetensors: seed ${seed}`);

let store: ObjectStore;

beforeEach(() => {
  store = createMemoryStore();
});

const bytesOf = (array: TensorArray) => Buffer.from(array.buffer, array.byteOffset, array.byteLength);

describe("a file with every dtype", () => {
  test.each(["none", "zstd", "gzip"] as const)("T1 (codec %s) comes back byte for byte", async (codec) => {
    const metadata = { format: "pt", note: "ünï" };
    const { key } = await store.put("model.safetensors", encodeSafetensors(EVERY, { metadata }), {
      compression: codec === "none" ? codec : { codec },
    });
    const file = await openSafetensors(store, key);
    expect(file.metadata).toEqual(metadata);
    expect(new Set(file.tensors.map(({ dtype }) => dtype)).size).toBe(22);
    const again: Record<string, TensorSource> = {};
    for (const { name, shape } of file.tensors) {
      const tensor = await file.tensor(name);
      const { dtype } = tensor;
      const source = EVERY[name] as TensorSource;
      expect(bytesOf(tensor.data).equals(bytesOf(source.data)), `seed ${seed}: ${name}`).toBe(true);
      expect(shape).toEqual(source.shape ?? [source.data.length]);
      again[name] = { data: tensor.data, dtype, shape };
    }
    const first = Buffer.concat([...encodeSafetensors(EVERY, { metadata })]);
    expect(Buffer.concat([...encodeSafetensors(again, { metadata })]).equals(first)).toBe(true);
    expect(encodeSafetensors(EVERY, { metadata }).byteLength).toBe(first.byteLength);
  });

  test("T2 has larger elements first, so that all are aligned, and a padded header", () => {
    const [header] = [...encodeSafetensors(EVERY)] as [Uint8Array];
    expect(header.byteLength % 8).toBe(0);
    const json = JSON.parse(Buffer.from(header.subarray(8)).toString());
    const names = Object.keys(json);
    expect(names.filter((name) => name !== "1").slice(0, 5)).toEqual(["u64", "i64", "f64", "c64", "empty"]);
  });
});

const F32 = '"dtype":"F32","shape":[1]';

/** A file as the format's page describes it. */
function handWritten(header: string, data: Uint8Array, headerBytes = BigInt(Buffer.byteLength(header))): Buffer {
  const prefix = Buffer.alloc(8);
  prefix.writeBigUInt64LE(headerBytes);
  return Buffer.concat([prefix, Buffer.from(header), data]);
}

describe("files written by hand", () => {
  test("T3 the example of the reference implementation is read", async () => {
    const header = '{"test":{"dtype":"I32","shape":[2,2],"data_offsets":[0,16]}}';
    expect(header.length).toBe(0x3c); // "<" is the first byte of that example
    await store.put("a", handWritten(header, Buffer.from(new Int32Array([1, -2, 3, -4]).buffer)));
    const file = await openSafetensors(store, "a");
    expect(file.tensors).toEqual([{ name: "test", dtype: "I32", shape: [2, 2], start: 68, end: 84 }]);
    expect((await file.tensor("test")).data).toEqual(new Int32Array([1, -2, 3, -4]));
    await refuses(file.tensor("nothing"), "NotFound", "nothing");
  });

  test("T4 blanks, any order, scalars, empty tensors and unaligned data are read", async () => {
    const header = `{ "b": {"shape": [], "data_offsets": [1, 5], "dtype": "F32"}, "a":{"dtype":"BOOL","shape":[1],"data_offsets":[0,1]},
      "e":{"dtype":"F64","shape":[3,0],"data_offsets":[1,1]}, "__metadata__": {"a": "\\"}{"} }   `;
    await store.put("a", handWritten(header, Buffer.from([1, 0, 0, 0x80, 0x3f])));
    const file = await openSafetensors(store, "a");
    expect(file.tensors.map(({ name }) => name)).toEqual(["a", "e", "b"]);
    expect((await file.tensor("b")).data).toEqual(new Float32Array([1]));
    expect((await file.tensor("e")).data).toEqual(new Float64Array(0));
    expect(file.metadata).toEqual({ a: '"}{' });
  });

  test("T5 without tensors, and one that is replaced while it is read", async () => {
    await store.put("a", handWritten("{}", Buffer.alloc(0)));
    expect((await openSafetensors(store, "a")).tensors).toEqual([]);
    await store.put("b", encodeSafetensors(EVERY));
    const file = await openSafetensors(store, "b");
    await store.put("b", encodeSafetensors(EVERY));
    await refuses(file.tensor("u8"), "PreconditionFailed");
  });
});

describe("names and dtypes that are not the usual ones", () => {
  test.each(["__proto__", "constructor", "toString", "hasOwnProperty", "prototype", "__metadata"])(
    "T32 metadata and a tensor named %s are read as they were written",
    async (name) => {
      const header = `{"__metadata__":{"${name}":"kept","a":"b"},"${name}":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`;
      await store.put("a", handWritten(header, Buffer.from([7])));
      const file = await openSafetensors(store, "a");
      expect(Object.entries(file.metadata)).toEqual([
        [name, "kept"],
        ["a", "b"],
      ]);
      expect(file.metadata["valueOf"]).toBeUndefined();
      expect(file.tensors.map((tensor) => tensor.name)).toEqual([name]);
      expect((await file.tensor(name)).data).toEqual(new Uint8Array([7]));
      const tensors = Object.fromEntries([[name, { data: new Uint8Array([8]) }]]);
      await store.put("b", encodeSafetensors(tensors, { metadata: file.metadata }));
      const again = await openSafetensors(store, "b");
      expect(Object.entries(again.metadata)).toEqual(Object.entries(file.metadata));
      expect((await again.tensorBytes(name))[0]).toBe(8);
    },
  );

  test.each(["null", "{}"])("T33 __metadata__ of %s is none", async (metadata) => {
    await store.put(
      "a",
      handWritten(`{"__metadata__":${metadata},"a":{${F32},"data_offsets":[0,4]}}`, Buffer.alloc(4)),
    );
    const file = await openSafetensors(store, "a");
    expect(Object.keys(file.metadata)).toEqual([]);
    expect((await file.tensor("a")).data).toEqual(new Float32Array(1));
  });

  test.each(["F31", "F4_E2M1", "__proto__", "constructor", "", "f32"])(
    "T34 a tensor of the unknown dtype %j is listed, and shuts out no other one",
    async (dtype) => {
      const header = `{"new":{"dtype":${JSON.stringify(dtype)},"shape":[3],"data_offsets":[0,5]},"a":{${F32},"data_offsets":[5,9]}}`;
      await store.put("a", handWritten(header, Buffer.from([1, 2, 3, 4, 5, 0, 0, 128, 63])));
      const file = await openSafetensors(store, "a");
      expect(file.tensors).toMatchObject([{ name: "new", dtype, shape: [3] }, { name: "a" }]);
      await refuses(file.tensor("new"), "Unsupported", "tensorBytes");
      expect([...(await file.tensorBytes("new"))]).toEqual([1, 2, 3, 4, 5]);
      expect((await file.tensor("a")).data).toEqual(new Float32Array([1]));
      const hole = header.replace("[5,9]", "[6,10]");
      await store.put("b", handWritten(hole, Buffer.alloc(10)));
      await refuses(openSafetensors(store, "b"), "ChecksumMismatch", "hole");
    },
  );

  test.each([
    `{"a":{"dtype":"U8","dtype":"I8","shape":[1],"data_offsets":[0,1]}}`,
    `{"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1],"data_offsets":[0,1]}}`,
    `{"__metadata__":{"x":"1","\\u0078":"2"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]}}`,
    `{"__metadata__":{"x":"1"},"a":{"dtype":"U8","shape":[1],"data_offsets":[0,1]},"__metadata__":null}`,
  ])("T35 a name that is there twice is damage, at any depth: %s", async (header) => {
    await store.put("a", handWritten(header, Buffer.alloc(1)));
    await refuses(openSafetensors(store, "a"), "ChecksumMismatch", "twice");
  });

  test("T36 a manifest with a name twice is damage, and names of prototypes in user_meta are kept", async () => {
    const userMeta = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2, "nested": {"__proto__": "x"}}') as object;
    const { manifestKey } = await (await CheckpointWriter.open(store, { step: 1, environment: {}, userMeta })).saveAll([
      "x",
    ]);
    const { manifest } = await CheckpointReader.latest(store);
    expect(JSON.stringify(manifest.userMeta)).toBe(JSON.stringify(userMeta));
    const text = await (await store.get(manifestKey)).text();
    await store.put(manifestKey, text.replace('"rank": 0', '"rank": 1, "rank": 0'));
    await refuses(CheckpointReader.byStep(store, 1), "ChecksumMismatch", '"rank" twice');
    await store.put("latest.json", (await (await store.get("latest.json")).text()).replace("{", '{"ts": "other",'));
    expect((await CheckpointReader.list(store))[0]).toMatchObject({
      isLatest: false,
      problem: expect.stringContaining("twice"),
    });
  });
});

const one = (fields: string) => `{"a":{${fields}}}`;

describe("malformed headers give ChecksumMismatch", () => {
  test.each<[string, Buffer, string]>([
    ["T6 an empty file", Buffer.alloc(0), "too short"],
    ["T7 a file of 7 bytes", Buffer.alloc(7), "too short"],
    ["T8 a length past the end", handWritten("{}", Buffer.alloc(0), 3n), "past the end"],
    ["T9 a length above 100 MB", handWritten("{}", Buffer.alloc(0), 100_000_001n), "the limit is 100000000"],
    ["T10 the largest length", handWritten("{}", Buffer.alloc(0), 2n ** 64n - 1n), "the limit"],
    ["T11 a length of 0", handWritten("", Buffer.alloc(0)), "does not begin with {"],
    ["T12 bad JSON", handWritten('{"a":', Buffer.alloc(0)), "no JSON"],
    ["T13 a list", handWritten("[]", Buffer.alloc(0)), "does not begin with {"],
    [
      "T14 bytes that are no UTF-8",
      Buffer.concat([handWritten("{", Buffer.alloc(0), 3n), Buffer.from([0xff, 0x7d])]),
      "no JSON",
    ],
    [
      "T15 overlapping offsets",
      handWritten(`{"a":{${F32},"data_offsets":[0,4]},"b":{${F32},"data_offsets":[2,6]}}`, Buffer.alloc(6)),
      "overlaps",
    ],
    [
      "T16 a hole",
      handWritten(`{"a":{${F32},"data_offsets":[0,4]},"b":{${F32},"data_offsets":[5,9]}}`, Buffer.alloc(9)),
      "hole",
    ],
    ["T17 a hole at the beginning", handWritten(one(`${F32},"data_offsets":[1,5]`), Buffer.alloc(5)), "hole"],
    ["T18 data past the last tensor", handWritten(one(`${F32},"data_offsets":[0,4]`), Buffer.alloc(5)), "end at byte"],
    ["T19 data that is cut off", handWritten(one(`${F32},"data_offsets":[0,4]`), Buffer.alloc(3)), "end at byte"],
    [
      "T20 offsets that are too few for the shape",
      handWritten(one('"dtype":"F32","shape":[2],"data_offsets":[0,4]'), Buffer.alloc(4)),
      "8 bytes",
    ],
    [
      "T21 a shape that overflows",
      handWritten(
        one('"dtype":"F32","shape":[9007199254740991,9007199254740991],"data_offsets":[0,4]'),
        Buffer.alloc(4),
      ),
      "bytes",
    ],
    [
      "T22 an end before the start",
      handWritten(one('"dtype":"F32","shape":[0],"data_offsets":[4,0]'), Buffer.alloc(4)),
      "offsets",
    ],
    ["T23 a negative offset", handWritten(one(`${F32},"data_offsets":[-4,0]`), Buffer.alloc(4)), "data_offsets"],
    ["T24 a fraction", handWritten(one(`${F32},"data_offsets":[0,4.5]`), Buffer.alloc(4)), "data_offsets"],
    [
      "T25 elements that are no whole bytes",
      handWritten(one('"dtype":"F4","shape":[3],"data_offsets":[0,1]'), Buffer.alloc(1)),
      "12 bits",
    ],
    ["T26 no shape", handWritten(one('"dtype":"F32","data_offsets":[0,4]'), Buffer.alloc(4)), "shape"],
    ["T27 metadata that is no text", handWritten('{"__metadata__":{"a":1}}', Buffer.alloc(0)), "__metadata__"],
    [
      "T28 a name twice",
      handWritten(`{"a":{${F32},"data_offsets":[0,4]},"\\u0061":{${F32},"data_offsets":[0,4]}}`, Buffer.alloc(4)),
      "twice",
    ],
  ])("%s", async (_name, bytes, text) => {
    await store.put("bad", bytes);
    await refuses(openSafetensors(store, "bad"), "ChecksumMismatch", text);
    const { key } = await store.put("bad", bytes, { compression: { codec: "zstd" } });
    await refuses(openSafetensors(store, key), "ChecksumMismatch", text);
  });

  test("T29 random damage to a header never does anything else", async () => {
    const good = Buffer.concat([...encodeSafetensors(EVERY)]);
    const headerBytes = Number(good.readBigUInt64LE()) + 8;
    for (let round = 0; round < 500; round++) {
      const bad = Buffer.from(good);
      bad[random.integer(0, headerBytes - 1)] = random.integer(0, 255);
      await store.put("bad", bad);
      const outcome = await openSafetensors(store, "bad").then(
        (file) => file.tensors.length >= 0,
        (error: { code: string }) => error.code === "ChecksumMismatch",
      );
      expect(outcome, `seed ${seed}, round ${round}`).toBe(true);
    }
  });
});

describe("encodeSafetensors refuses", () => {
  test.each<[string, Readonly<Record<string, TensorSource>>, string]>([
    ["a shape that is not the data's", { a: { data: new Float32Array(6), shape: [2, 2] } }, "6 elements"],
    ["an array of another class", { a: { data: new Float32Array(2), dtype: "I64" } }, "Float32Array does not hold I64"],
    ["an unknown dtype", { a: { data: new Uint8Array(2), dtype: "F31" as Dtype } }, "F31"],
    ["bytes that are no whole elements", { a: { data: new Uint8Array(3), dtype: "F16" } }, "1.5 elements"],
    ["the metadata's name", { __metadata__: { data: new Uint8Array(3) } }, "metadata"],
    ["an array in place of a tensor", { "": new Float32Array(2) as never }, "a tensor is { data, shape?, dtype? }"],
    ["nothing in place of a tensor", { a: undefined as never }, "a tensor is { data, shape?, dtype? }"],
    ["null in place of a tensor", { a: null as never }, "a tensor is { data, shape?, dtype? }"],
    ["no data", { a: { data: undefined as never } }, "a typed array"],
    ["a DataView", { a: { data: new DataView(new ArrayBuffer(4)) as never } }, "typed array"],
    ["a shape that is no list", { a: { data: new Uint8Array(2), shape: 2 as never } }, "shape must be a list"],
    ["what is no typed array", { a: { data: [1, 2] as unknown as Uint8Array } }, "typed array"],
  ])("T30 %s", async (_name, tensors, text) => {
    await refuses(() => encodeSafetensors(tensors), "InvalidArgument", text);
  });
});

test("T31 single tensors of a checkpoint are read by range, of a zstd shard through its seek table", async () => {
  const large = new Uint8Array(random.bytes(8 << 20));
  const tensors = { large: { data: large }, small: { data: new Float32Array([1, 2, 3]) } };
  for (const codec of ["none", "zstd"] as const) {
    const compression = codec === "none" ? codec : { codec };
    const writer = await CheckpointWriter.open(store, { step: 1, compression, environment: {} });
    await writer.saveAll([encodeSafetensors(tensors)]);
    const reader = await CheckpointReader.latest(store);
    const { key } = reader.manifest.shards[0] as ManifestShard;
    // What is not read can't be missed: the middle of the large tensor is damaged while the small one is read.
    await damage(store, key, flipMiddle);
    expect((await (await reader.tensors(0)).tensor("small")).data).toEqual(new Float32Array([1, 2, 3]));
    await damage(store, key, flipMiddle);
    const file = await reader.tensors(0);
    expect((await file.tensor("small")).data).toEqual(new Float32Array([1, 2, 3]));
    expect(Buffer.compare(bytesOf((await file.tensor("large")).data), large)).toBe(0);
    expect((await reader.verify({ full: true })).ok).toBe(true);
  }
});

function flipMiddle(bytes: Uint8Array): Uint8Array {
  const middle = bytes.byteLength >> 1;
  return bytes.map((byte, index) => (index === middle ? byte ^ 1 : byte));
}
