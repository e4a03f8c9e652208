import { ObjectStoreError } from "../errors.js";

/**
 * The seek table of the zstd seekable format, version 0.1.0 (facebook/zstd, contrib/seekable_format): a skippable frame
 * behind the last frame, with each frame's stored and content size, closed by a footer of nine bytes.
 */
const SKIPPABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;
const HEADER_BYTES = 8;
const ENTRY_BYTES = 8;
const ENTRY_WITH_CHECKSUM_BYTES = 12;
const CHECKSUM_FLAG = 0x80;
/** ZSTD_SEEKABLE_MAXFRAMES of the format. */
const MAX_FRAMES = 0x8000000;

export const FOOTER_BYTES = 9;

/** Collects the sizes of frames as they are written. Eight bytes a frame. */
export class SeekTableBuilder {
  #sizes = new Uint32Array(256);
  #frames = 0;

  add(storedBytes: number, contentBytes: number): void {
    if (this.#frames === MAX_FRAMES) {
      throw new ObjectStoreError("Unsupported", `a seekable zstd object has at most ${MAX_FRAMES} frames`);
    }
    if (this.#frames * 2 === this.#sizes.length) {
      const larger = new Uint32Array(this.#sizes.length * 2);
      larger.set(this.#sizes);
      this.#sizes = larger;
    }
    this.#sizes[this.#frames * 2] = storedBytes;
    this.#sizes[this.#frames * 2 + 1] = contentBytes;
    this.#frames++;
  }

  /** The skippable frame that closes the object. */
  encode(): Uint8Array {
    const entriesBytes = this.#frames * ENTRY_BYTES;
    const table = Buffer.alloc(HEADER_BYTES + entriesBytes + FOOTER_BYTES);
    table.writeUInt32LE(SKIPPABLE_MAGIC, 0);
    table.writeUInt32LE(entriesBytes + FOOTER_BYTES, 4);
    for (let index = 0; index < this.#frames * 2; index++) {
      table.writeUInt32LE(this.#sizes[index] as number, HEADER_BYTES + index * 4);
    }
    const footer = HEADER_BYTES + entriesBytes;
    table.writeUInt32LE(this.#frames, footer);
    table.writeUInt8(0, footer + 4);
    table.writeUInt32LE(SEEKABLE_MAGIC, footer + 5);
    return table;
  }
}

/** Where the frames of a seekable object lie. `storedEnds[i]` and `contentEnds[i]` are the ends of frame i. */
export interface SeekTable {
  readonly storedEnds: Float64Array;
  readonly contentEnds: Float64Array;
  readonly contentBytes: number;
}

/** The size in bytes of the whole seek table that ends in `footer`; undefined if this is none. */
export function seekTableBytes(footer: Uint8Array): number | undefined {
  if (footer.byteLength !== FOOTER_BYTES) return undefined;
  const view = new DataView(footer.buffer, footer.byteOffset, footer.byteLength);
  const frames = view.getUint32(0, true);
  if (view.getUint32(5, true) !== SEEKABLE_MAGIC || frames > MAX_FRAMES) return undefined;
  return HEADER_BYTES + frames * entryBytes(view.getUint8(4)) + FOOTER_BYTES;
}

/** Reads a whole seek table; undefined if its sizes do not add up to `storedBytes`, so that it can't be trusted. */
export function parseSeekTable(table: Uint8Array, storedBytes: number): SeekTable | undefined {
  const view = new DataView(table.buffer, table.byteOffset, table.byteLength);
  if (view.getUint32(0, true) !== SKIPPABLE_MAGIC || view.getUint32(4, true) !== table.byteLength - HEADER_BYTES) {
    return undefined;
  }
  const frames = view.getUint32(table.byteLength - FOOTER_BYTES, true);
  const step = entryBytes(view.getUint8(table.byteLength - FOOTER_BYTES + 4));
  const storedEnds = new Float64Array(frames);
  const contentEnds = new Float64Array(frames);
  let stored = 0;
  let content = 0;
  for (let frame = 0; frame < frames; frame++) {
    stored += view.getUint32(HEADER_BYTES + frame * step, true);
    content += view.getUint32(HEADER_BYTES + frame * step + 4, true);
    storedEnds[frame] = stored;
    contentEnds[frame] = content;
  }
  if (stored + table.byteLength !== storedBytes) return undefined;
  return { storedEnds, contentEnds, contentBytes: content };
}

/** The stored bytes that hold the content from `start` to `end`, and the content offset at which they begin. */
export function locateFrames(
  table: SeekTable,
  start: number,
  end: number,
): { readonly start: number; readonly end: number; readonly contentStart: number } {
  const first = firstEndAbove(table.contentEnds, start);
  const last = firstEndAbove(table.contentEnds, Math.max(start, end - 1));
  return {
    start: first === 0 ? 0 : (table.storedEnds[first - 1] ?? 0),
    end: table.storedEnds[last] ?? 0,
    contentStart: first === 0 ? 0 : (table.contentEnds[first - 1] ?? 0),
  };
}

function firstEndAbove(ends: Float64Array, offset: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((ends[middle] as number) > offset) high = middle;
    else low = middle + 1;
  }
  return low;
}

function entryBytes(descriptor: number): number {
  return (descriptor & CHECKSUM_FLAG) === 0 ? ENTRY_BYTES : ENTRY_WITH_CHECKSUM_BYTES;
}
