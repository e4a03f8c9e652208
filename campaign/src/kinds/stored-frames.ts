import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import { crc32c, createMemoryStore, type ObjectStore, openStore, StoreRegistry } from "@sluice/core";
import type { Draw } from "../draw.js";
import { contentOf, drawObject, type FrameCodec } from "../frames/framed-object.js";
import { mutateFrames } from "../frames/mutate-frames.js";
import { undetectableFrames } from "../frames/undetectable.js";
import type { CampaignCase, CaseResult, Kind } from "../kind.js";
import { judge } from "../verdict.js";

/** Stored bytes of compressed objects that are changed behind the store's back, read whole and in ranges. */
export function storedFrames(codec: FrameCodec): Kind {
  return {
    name: `${codec}-objects`,
    open: async () => {
      const folder = await mkdtemp(join(tmpdir(), "sluice-campaign-"));
      const registry = new StoreRegistry({ plugins: [fsBackend()], discovery: false });
      const stores = [createMemoryStore(), await openStore(`file://${folder}`, { registry })];
      return {
        caseOf: (draw) => caseOf(draw, codec, draw.one(stores)),
        close: async () => {
          for (const store of stores) await store.close();
          await rm(folder, { recursive: true, force: true });
        },
      };
    },
  };
}

function caseOf(draw: Draw, codec: FrameCodec, store: ObjectStore): CampaignCase {
  return { words: `${codec} on ${store.backend}`, run: () => run(draw, codec, store) };
}

async function run(draw: Draw, codec: FrameCodec, store: ObjectStore): Promise<CaseResult> {
  const object = await drawObject(draw, codec);
  const content = contentOf(object);
  const { words: change, bytes } = mutateFrames(draw, object);
  const key = `object.${codec === "zstd" ? "zst" : "gz"}`;
  await store.put(key, bytes);
  const read = drawRead(draw, content);
  const words = `${codec} on ${store.backend}, frames of ${object.frames.map((frame) => frame.content.byteLength).join(" ")} bytes, ${object.table.byteLength > 0 ? "with" : "without"} table; ${change}; ${read.words}`;
  const lie = read.isVerified ? undefined : undetectableFrames(object, bytes);
  if (lie !== undefined) return { words, verdict: { kind: "undetectable", reason: lie } };
  const verdict = await judge(
    () => read.call(store, key),
    (got) => difference(got, read.expected),
  );
  return { words, verdict };
}

interface Read {
  readonly words: string;
  /** The caller's checksum is compared too. */
  readonly isVerified: boolean;
  readonly expected: readonly Uint8Array[];
  call(store: ObjectStore, key: string): Promise<readonly Uint8Array[]>;
}

function drawRead(draw: Draw, content: Uint8Array): Read {
  const how = draw.one([
    "bytes",
    "bytes",
    "chunks",
    "readInto",
    "verify",
    "getRange",
    "getRange",
    "getRanges",
  ] as const);
  const whole = { words: how, isVerified: how === "verify", expected: [content] };
  const drawRange = (): { start: number; end: number } => {
    const start = draw.integer(0, content.byteLength);
    return { start, end: Math.min(content.byteLength, start + draw.one([0, 1, 10, 400, 4000])) };
  };
  switch (how) {
    case "bytes":
      return { ...whole, call: async (store, key) => [await (await store.get(key, { decode: true })).bytes()] };
    case "chunks":
      return {
        ...whole,
        call: async (store, key) => {
          const chunks: Uint8Array[] = [];
          for await (const chunk of await store.get(key, { decode: true, lendChunks: true }))
            chunks.push(new Uint8Array(chunk));
          return [Buffer.concat(chunks)];
        },
      };
    case "readInto":
      return {
        ...whole,
        call: async (store, key) => {
          const target = new Uint8Array(content.byteLength + 1000);
          const filled = await (await store.get(key, { decode: true })).readInto(target);
          return [target.subarray(0, filled)];
        },
      };
    case "verify": {
      const verify = crc32c(content);
      return { ...whole, call: async (store, key) => [await (await store.get(key, { decode: true, verify })).bytes()] };
    }
    case "getRange": {
      const range = drawRange();
      const expected = [content.subarray(range.start, range.end)];
      const call: Read["call"] = async (store, key) => [await store.getRange(key, range, { decode: true })];
      return { words: `getRange ${range.start}-${range.end}`, isVerified: false, expected, call };
    }
    case "getRanges": {
      const ranges = [drawRange(), drawRange(), drawRange()];
      const expected = ranges.map(({ start, end }) => content.subarray(start, end));
      const words = `getRanges ${ranges.map(({ start, end }) => `${start}-${end}`).join(" ")}`;
      return {
        words,
        isVerified: false,
        expected,
        call: (store, key) => store.getRanges(key, ranges, { decode: true }),
      };
    }
  }
}

function difference(got: readonly Uint8Array[], expected: readonly Uint8Array[]): string | undefined {
  for (const [index, bytes] of expected.entries()) {
    const actual = got[index] ?? new Uint8Array();
    if (Buffer.compare(actual, bytes) !== 0) return `delivered ${actual.byteLength} other bytes of ${bytes.byteLength}`;
  }
  return undefined;
}
