import { crc32c, type ListOptions, type ObjectStore } from "@sluice/core";
import type { Draw } from "../draw.js";
import type { Fixtures } from "./fixtures.js";
import { bytesDiffer, type Operation } from "./operation.js";

type Drawn = (draw: Draw, truth: ObjectStore, fixtures: Fixtures) => Promise<Operation> | Operation;

export const READ_OPERATIONS: readonly Drawn[] = [get, get, verifiedGet, decodedGet, getRange, getRanges, decodedRange];
export const FACT_OPERATIONS: readonly Drawn[] = [head, exists, missing, list, list, list];

async function get(draw: Draw, truth: ObjectStore, { objects }: Fixtures): Promise<Operation> {
  const key = draw.one(["plain", "plain", "small", "empty"]);
  const expected = objects.get(key) as Uint8Array;
  const how = draw.one(["bytes", "chunks", "readInto"] as const);
  return {
    words: `get ${key} as ${how}`,
    isChecked: (await truth.head(key)).storedChecksum !== undefined,
    call: async (store) => {
      const object = await store.get(key);
      if (how === "bytes") return object.bytes();
      if (how === "readInto") {
        const target = new Uint8Array(expected.byteLength + 1000);
        return target.subarray(0, await object.readInto(target));
      }
      const chunks: Uint8Array[] = [];
      for await (const chunk of object) chunks.push(chunk);
      return Buffer.concat(chunks);
    },
    untruth: (got: Uint8Array) => bytesDiffer(got, expected),
  };
}

function verifiedGet(draw: Draw, _truth: ObjectStore, { objects }: Fixtures): Operation {
  const key = draw.one(["plain", "small", "empty"]);
  const expected = objects.get(key) as Uint8Array;
  const verify = crc32c(expected);
  return {
    words: `get ${key} with verify`,
    isChecked: true,
    call: async (store) => (await store.get(key, { verify })).bytes(),
    untruth: (got: Uint8Array) => bytesDiffer(got, expected),
  };
}

function decodedGet(draw: Draw, _truth: ObjectStore, { contents }: Fixtures): Operation {
  const key = draw.one(["frames.zst", "members.gz"]);
  return {
    words: `get ${key} decoded`,
    isChecked: true,
    call: async (store) => (await store.get(key, { decode: true })).bytes(),
    untruth: (got: Uint8Array) => bytesDiffer(got, contents.get(key) as Uint8Array),
  };
}

function drawRange(draw: Draw, size: number): { readonly start: number; readonly end: number } {
  const start = draw.integer(0, size);
  return { start, end: Math.min(size, start + draw.one([1, 100, 5000, 80_000])) };
}

function getRange(draw: Draw, _truth: ObjectStore, { objects }: Fixtures): Operation {
  const key = draw.one(["plain", "small", "empty"]);
  const bytes = objects.get(key) as Uint8Array;
  const suffix = draw.integer(0, 2000);
  const { start, end } = drawRange(draw, bytes.byteLength);
  const how = draw.one(["both", "open", "suffix"] as const);
  const range = how === "both" ? { start, end } : how === "open" ? { start } : { suffix };
  const expected =
    how === "suffix"
      ? bytes.subarray(Math.max(0, bytes.byteLength - suffix))
      : bytes.subarray(start, how === "both" ? end : undefined);
  return {
    words: `getRange ${key} ${JSON.stringify(range)}`,
    call: (store) => store.getRange(key, range),
    untruth: (got: Uint8Array) => bytesDiffer(got, expected),
  };
}

function getRanges(draw: Draw, _truth: ObjectStore, { objects }: Fixtures): Operation {
  const bytes = objects.get("plain") as Uint8Array;
  const ranges = Array.from({ length: draw.integer(2, 5) }, () => drawRange(draw, bytes.byteLength));
  return {
    words: `getRanges plain ${ranges.map(({ start, end }) => `${start}-${end}`).join(" ")}`,
    call: (store) => store.getRanges("plain", ranges, { coalesceGapBytes: draw.one([0, 65_536]) }),
    untruth: (got: Uint8Array[]) =>
      ranges
        .map(({ start, end }, index) => bytesDiffer(got[index] as Uint8Array, bytes.subarray(start, end)))
        .find(Boolean),
  };
}

function decodedRange(draw: Draw, _truth: ObjectStore, { contents }: Fixtures): Operation {
  const key = draw.one(["frames.zst", "frames.zst", "members.gz"]);
  const content = contents.get(key) as Uint8Array;
  const { start, end } = drawRange(draw, content.byteLength);
  return {
    words: `getRange ${key} decoded ${start}-${end}`,
    isChecked: true,
    call: (store) => store.getRange(key, { start, end }, { decode: true }),
    untruth: (got: Uint8Array) => bytesDiffer(got, content.subarray(start, end)),
  };
}

async function head(draw: Draw, truth: ObjectStore): Promise<Operation> {
  const key = draw.one(["plain", "small", "empty", "frames.zst"]);
  const facts = async (store: ObjectStore) => {
    const { size, etag, lastModified } = await store.head(key);
    return JSON.stringify({ size, etag, lastModified });
  };
  const expected = await facts(truth);
  return {
    words: `head ${key}`,
    call: facts,
    untruth: (got: string) => (got === expected ? undefined : `${got} of ${expected}`),
  };
}

function exists(draw: Draw): Operation {
  const key = draw.one(["plain", "small", "empty"]);
  return {
    words: `exists ${key}`,
    call: (store) => store.exists(key),
    untruth: (got: boolean) => (got ? undefined : "an object that is there does not exist"),
  };
}

function missing(draw: Draw): Operation {
  const how = draw.one(["exists", "head", "get"] as const);
  return {
    words: `${how} of a missing object`,
    isAbsent: true,
    call: async (store) => {
      if (how === "exists") return store.exists("missing");
      if (how === "head") return (await store.head("missing")) !== undefined;
      await (await store.get("missing")).bytes();
      return true;
    },
    untruth: (got: boolean) => (got ? "an object that is not there exists" : undefined),
  };
}

async function list(draw: Draw, truth: ObjectStore): Promise<Operation> {
  const options: ListOptions = {
    prefix: draw.one(["list/", "list/", "list/k", "list/dir/"]),
    pageSize: draw.one([3, 5, 10, 1000]),
    ...(draw.chance(0.4) && { delimiter: "/" }),
    ...(draw.chance(0.3) && { startAfter: draw.one(["list/dir/x1", "list/k05"]) }),
  };
  const expected = await entriesOf(truth, options);
  return {
    words: `list ${JSON.stringify(options)}`,
    call: (store) => entriesOf(store, options),
    untruth: (got: readonly string[]) => listsDiffer(got, expected),
  };
}

async function entriesOf(store: ObjectStore, options: ListOptions): Promise<string[]> {
  const entries: string[] = [];
  for await (const entry of store.list(options)) {
    if (entry.kind === "prefix") entries.push(entry.prefix);
    else entries.push(`${entry.key} ${entry.size} ${entry.etag} ${entry.lastModified.getTime()}`);
  }
  return entries;
}

function listsDiffer(got: readonly string[], expected: readonly string[]): string | undefined {
  if (got.length !== expected.length) return `listed ${got.length} entries of ${expected.length}`;
  const index = got.findIndex((entry, place) => entry !== expected[place]);
  return index < 0 ? undefined : `listed ${got[index]}, stored is ${expected[index]}`;
}
