import { gzipSync } from "node:zlib";
import { createMemoryStore } from "@sluice/core";
import type { Draw } from "../draw.js";

export type FrameCodec = "zstd" | "gzip";

/** A compressed object in its parts: what a frame (of gzip: a member) holds, and the bytes that it is stored as. */
export interface FramedObject {
  readonly codec: FrameCodec;
  readonly frames: readonly Frame[];
  /** The seek table; empty where the object has none. */
  readonly table: Uint8Array;
}

export interface Frame {
  readonly content: Uint8Array;
  readonly stored: Uint8Array;
}

const EQUAL_BYTES = 500;

/** An object of a few frames, most of them small, some of equal sizes. */
export async function drawObject(draw: Draw, codec: FrameCodec): Promise<FramedObject> {
  const areEqual = draw.chance(0.3);
  const frames: Frame[] = [];
  for (let left = draw.integer(1, 6); left > 0; left--) {
    const content = areEqual ? draw.bytes(EQUAL_BYTES) : drawContent(draw);
    frames.push({ content, stored: codec === "gzip" ? gzipSync(content) : await zstdFrame(content) });
  }
  const table = codec === "zstd" && draw.chance(0.8) ? seekTableOf(frames) : new Uint8Array();
  return { codec, frames, table };
}

/** What the object holds. */
export function contentOf({ frames }: FramedObject): Uint8Array {
  return Buffer.concat(frames.map(({ content }) => content));
}

/** The object as it is stored. */
export function storedOf({ frames, table }: FramedObject): Uint8Array {
  return Buffer.concat([...frames.map(({ stored }) => stored), table]);
}

function drawContent(draw: Draw): Uint8Array {
  const bytes = draw.bytes(draw.one([0, 1, 7, 300, 3000, 70_000, 300_000].slice(0, draw.chance(0.1) ? 7 : 5)));
  // Half of it constant, so that there is something to compress.
  if (draw.chance(0.5)) bytes.fill(0x61, 0, bytes.byteLength >> 1);
  return bytes;
}

/** One frame, as this project writes it: an object of less than a frame, without the seek table behind. */
async function zstdFrame(content: Uint8Array): Promise<Uint8Array> {
  const store = createMemoryStore();
  await store.put("frame.zst", content, { compression: { codec: "zstd", level: 3 } });
  const stored = await (await store.get("frame.zst")).bytes();
  const tableBytes = HEADER_BYTES + CHECKED_ENTRY_BYTES + FOOTER_BYTES;
  return stored.slice(0, stored.byteLength - tableBytes);
}

// https://github.com/facebook/zstd/blob/dev/contrib/seekable_format/zstd_seekable_compression_format.md
const HEADER_BYTES = 8;
const ENTRY_BYTES = 8;
/** Of a table with checksums, as this project writes them. */
const CHECKED_ENTRY_BYTES = 12;
const FOOTER_BYTES = 9;

/** The seek table of frames, without checksums. */
export function seekTableOf(frames: readonly Frame[]): Uint8Array {
  return seekTable(frames.map(({ stored, content }) => [stored.byteLength, content.byteLength]));
}

/** A seek table with these sizes, stored and content; `count` is what its footer says. */
export function seekTable(entries: readonly (readonly [number, number])[], count: number = entries.length): Uint8Array {
  const table = Buffer.alloc(HEADER_BYTES + entries.length * ENTRY_BYTES + FOOTER_BYTES);
  table.writeUInt32LE(0x184d2a5e, 0);
  table.writeUInt32LE(table.byteLength - HEADER_BYTES, 4);
  for (const [index, [storedBytes, contentBytes]] of entries.entries()) {
    table.writeUInt32LE(storedBytes >>> 0, HEADER_BYTES + index * ENTRY_BYTES);
    table.writeUInt32LE(contentBytes >>> 0, HEADER_BYTES + index * ENTRY_BYTES + 4);
  }
  table.writeUInt32LE(count >>> 0, table.byteLength - FOOTER_BYTES);
  table.writeUInt32LE(0x8f92eab1, table.byteLength - 4);
  return table;
}
