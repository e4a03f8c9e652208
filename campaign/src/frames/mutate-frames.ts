import type { Draw } from "../draw.js";
import { type Frame, type FramedObject, seekTable, seekTableOf, storedOf } from "./framed-object.js";

export interface MutatedBytes {
  readonly words: string;
  readonly bytes: Uint8Array;
}

type Mutation = (draw: Draw, object: FramedObject) => MutatedBytes;

/** A mutation of an object's stored bytes, drawn. */
export function mutateFrames(draw: Draw, object: FramedObject): MutatedBytes {
  const structural = object.table.byteLength > 0 ? [...MUTATIONS, ...TABLE_MUTATIONS] : MUTATIONS;
  return draw.one(structural)(draw, object);
}

const MUTATIONS: readonly Mutation[] = [flipBits, flipBits, cut, zeroRun, moveFrames, trail, pad, insertZeros];
const TABLE_MUTATIONS: readonly Mutation[] = [editEntry, editEntry, shiftBetweenEntries, changeCount, moveWithTable];

function flipBits(draw: Draw, object: FramedObject): MutatedBytes {
  const bytes = Buffer.from(storedOf(object));
  const flips = Array.from({ length: draw.integer(1, 3) }, () => [
    draw.integer(0, bytes.length - 1),
    draw.integer(0, 7),
  ]);
  for (const [at = 0, bit = 0] of flips) bytes[at] = (bytes[at] as number) ^ (1 << bit);
  return { words: `bits flipped: ${flips.map(([at, bit]) => `${at}.${bit}`).join(" ")}`, bytes };
}

function cut(draw: Draw, object: FramedObject): MutatedBytes {
  const bytes = storedOf(object);
  const length = draw.integer(0, bytes.length - 1);
  return { words: `cut to ${length} of ${bytes.length} bytes`, bytes: bytes.subarray(0, length) };
}

function zeroRun(draw: Draw, object: FramedObject): MutatedBytes {
  const bytes = Buffer.from(storedOf(object));
  const [start, length] = [draw.integer(0, bytes.length - 1), draw.one([1, 4, 16, 100, bytes.length])];
  bytes.fill(0, start, Math.min(bytes.length, start + length));
  return { words: `zeros in ${start} to ${Math.min(bytes.length, start + length)}`, bytes };
}

function moveFrames(draw: Draw, object: FramedObject): MutatedBytes {
  const { words, frames } = moved(draw, object.frames);
  return { words, bytes: storedOf({ ...object, frames }) };
}

function moveWithTable(draw: Draw, object: FramedObject): MutatedBytes {
  const { words, frames } = moved(draw, object.frames);
  return {
    words: `${words}, and a table that fits`,
    bytes: storedOf({ ...object, frames, table: seekTableOf(frames) }),
  };
}

function moved(draw: Draw, frames: readonly Frame[]): { readonly words: string; readonly frames: readonly Frame[] } {
  const [one, other] = [draw.integer(0, frames.length - 1), draw.integer(0, frames.length - 1)];
  const copy = [...frames];
  const kind = draw.one(["dropped", "repeated", "swapped"] as const);
  if (kind === "dropped") copy.splice(one, 1);
  else if (kind === "repeated") copy.splice(other, 0, copy[one] as Frame);
  else [copy[one], copy[other]] = [copy[other] as Frame, copy[one] as Frame];
  return { words: `frame ${one} ${kind}${kind === "dropped" ? "" : ` (${other})`} of ${frames.length}`, frames: copy };
}

function trail(draw: Draw, object: FramedObject): MutatedBytes {
  const more = draw.chance(0.5)
    ? draw.bytes(draw.integer(1, 40))
    : (draw.one(object.frames).stored.slice(0, draw.chance(0.5) ? undefined : 10) as Uint8Array);
  return { words: `${more.length} bytes more at the end`, bytes: Buffer.concat([storedOf(object), more]) };
}

function pad(draw: Draw, object: FramedObject): MutatedBytes {
  const zeros = Buffer.alloc(draw.one([1, 3, 4, 8, 512, 70_000]));
  return { words: `${zeros.length} zeros at the end`, bytes: Buffer.concat([storedOf(object), zeros]) };
}

function insertZeros(draw: Draw, object: FramedObject): MutatedBytes {
  const at = draw.integer(0, object.frames.length);
  const zeros = Buffer.alloc(draw.one([1, 4, 8, 100]));
  const frames = object.frames.map(({ stored }) => stored);
  const bytes = Buffer.concat([...frames.slice(0, at), zeros, ...frames.slice(at), object.table]);
  return { words: `${zeros.length} zeros before frame ${at}`, bytes };
}

function entriesOf(frames: readonly Frame[]): [number, number][] {
  return frames.map(({ stored, content }) => [stored.byteLength, content.byteLength]);
}

function editEntry(draw: Draw, object: FramedObject): MutatedBytes {
  const entries = entriesOf(object.frames);
  const [at, field] = [draw.integer(0, entries.length - 1), draw.one([0, 1] as const)];
  const entry = entries[at] as [number, number];
  const value = draw.one([entry[field] + 1, entry[field] - 1, 0, entry[field] * 2, 0xffffffff, entry[field] + 256]);
  entry[field] = value;
  const words = `table: frame ${at} has ${value} bytes of ${field === 0 ? "stored size" : "content"}`;
  return { words, bytes: storedOf({ ...object, table: seekTable(entries) }) };
}

/** The sums fit still. */
function shiftBetweenEntries(draw: Draw, object: FramedObject): MutatedBytes {
  const entries = entriesOf(object.frames);
  const field = draw.one([0, 1] as const);
  const [one, other] = [draw.integer(0, entries.length - 1), draw.integer(0, entries.length - 1)];
  const bytes = draw.integer(1, Math.max(1, (entries[one] as [number, number])[field]));
  (entries[one] as [number, number])[field] -= bytes;
  (entries[other] as [number, number])[field] += bytes;
  const words = `table: ${bytes} bytes of ${field === 0 ? "stored size" : "content"} moved from frame ${one} to ${other}`;
  return { words, bytes: storedOf({ ...object, table: seekTable(entries) }) };
}

function changeCount(draw: Draw, object: FramedObject): MutatedBytes {
  const entries = entriesOf(object.frames);
  const count = draw.one([0, entries.length - 1, entries.length + 1, 0xffffffff]);
  if (draw.chance(0.5))
    return { words: `table: ${count} frames`, bytes: storedOf({ ...object, table: seekTable(entries, count) }) };
  const fewer = entries.slice(0, Math.max(0, Math.min(count, entries.length) - 1));
  return { words: `table: the last entries are missing`, bytes: storedOf({ ...object, table: seekTable(fewer) }) };
}
