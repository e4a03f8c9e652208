import { ObjectStoreError } from "../errors.js";
import type { FrameFacts } from "./frame-facts.js";

/**
 * The seek table of the zstd seekable format, version 0.1.0 (facebook/zstd, contrib/seekable_format): a skippable frame
 * behind the last frame, with each frame's stored size, content size and checksum, closed by a footer of nine bytes.
 */
export const SEEK_TABLE_MAGIC = 0x184d2a5e;
const SEEKABLE_MAGIC = 0x8f92eab1;
const HEADER_BYTES = 8;
export const SIZES_BYTES = 8;
export const SIZES_AND_CHECKSUM_BYTES = 12;
const CHECKSUM_FLAG = 0x80;
const RESERVED_BITS = 0x7c;
/** ZSTD_SEEKABLE_MAXFRAMES of the format. */
const MAX_FRAMES = 0x8000000;

export const FOOTER_BYTES = 9;

/** Collects what is known of frames as they are written. Twelve bytes a frame. */
export class SeekTableBuilder {
  #entries = Buffer.alloc(64 * SIZES_AND_CHECKSUM_BYTES);
  #frames = 0;

  add(frame: FrameFacts): void {
    if (this.#frames === MAX_FRAMES) {
      throw new ObjectStoreError("Unsupported", `a seekable zstd object has at most ${MAX_FRAMES} frames`);
    }
    const offset = this.#frames * SIZES_AND_CHECKSUM_BYTES;
    if (offset === this.#entries.byteLength) {
      this.#entries = Buffer.concat([this.#entries], this.#entries.byteLength * 2);
    }
    writeEntry(this.#entries, offset, frame);
    this.#frames++;
  }

  /** The skippable frame that closes the object. */
  encode(): Uint8Array {
    const entriesBytes = this.#frames * SIZES_AND_CHECKSUM_BYTES;
    const table = Buffer.alloc(HEADER_BYTES + entriesBytes + FOOTER_BYTES);
    table.writeUInt32LE(SEEK_TABLE_MAGIC, 0);
    table.writeUInt32LE(entriesBytes + FOOTER_BYTES, 4);
    this.#entries.copy(table, HEADER_BYTES, 0, entriesBytes);
    const footer = HEADER_BYTES + entriesBytes;
    table.writeUInt32LE(this.#frames, footer);
    table.writeUInt8(CHECKSUM_FLAG, footer + 4);
    table.writeUInt32LE(SEEKABLE_MAGIC, footer + 5);
    return table;
  }
}

/** Writes a frame's entry, of {@link SIZES_AND_CHECKSUM_BYTES}. */
export function writeEntry(target: Buffer, offset: number, { storedBytes, contentBytes, checksum }: FrameFacts): void {
  target.writeUInt32LE(storedBytes, offset);
  target.writeUInt32LE(contentBytes, offset + 4);
  target.writeUInt32LE(checksum ?? 0, offset + SIZES_BYTES);
}

/** What the last bytes of a seek table say of it. */
export interface SeekTableFooter {
  readonly frames: number;
  /** Bytes of an entry; undefined for a layout that is not known. */
  readonly entryBytes: number | undefined;
}

/** Reads a footer; undefined if the bytes are not the end of a seek table. */
export function parseFooter(footer: Uint8Array): SeekTableFooter | undefined {
  if (footer.byteLength !== FOOTER_BYTES) return undefined;
  const view = viewOf(footer);
  if (view.getUint32(5, true) !== SEEKABLE_MAGIC) return undefined;
  const descriptor = view.getUint8(4);
  const frames = view.getUint32(0, true);
  if ((descriptor & RESERVED_BITS) !== 0 || frames > MAX_FRAMES) return { frames, entryBytes: undefined };
  return { frames, entryBytes: (descriptor & CHECKSUM_FLAG) === 0 ? SIZES_BYTES : SIZES_AND_CHECKSUM_BYTES };
}

/** The size in bytes of the whole seek table that ends in `footer`; undefined if there is none that can be read. */
export function seekTableBytes(footer: Uint8Array): number | undefined {
  const { frames, entryBytes } = parseFooter(footer) ?? {};
  if (frames === undefined || entryBytes === undefined) return undefined;
  return HEADER_BYTES + frames * entryBytes + FOOTER_BYTES;
}

/** Where a run of frames lies: from frame `first` up to `end`, both among the stored bytes and in the content. */
export interface FrameRun {
  readonly first: number;
  readonly end: number;
  readonly storedStart: number;
  readonly storedEnd: number;
  readonly contentStart: number;
}

/**
 * The seek table of an object. Nothing in the format proves where in the content a frame begins: that is the sum of what is
 * claimed of all frames before. If all claims are one number, as in every object that this library writes, and one frame
 * was held against that number, then no claim can be wrong alone. Else all frames before are decoded and held against it.
 */
export class SeekTable {
  readonly contentBytes: number;
  readonly #table: DataView;
  readonly #frames: number;
  readonly #entryBytes: number;
  /** Whether all frames hold equally much content, but for the last, which may hold less. */
  readonly #isRegular: boolean;

  private constructor(table: DataView, frames: number, entryBytes: number) {
    this.#table = table;
    this.#frames = frames;
    this.#entryBytes = entryBytes;
    const frameContentBytes = this.#contentOf(0);
    let contentBytes = 0;
    let isRegular = this.#contentOf(frames - 1) <= frameContentBytes;
    for (let frame = 0; frame < frames; frame++) {
      contentBytes += this.#contentOf(frame);
      isRegular &&= frame === frames - 1 || this.#contentOf(frame) === frameContentBytes;
    }
    this.contentBytes = contentBytes;
    this.#isRegular = isRegular;
  }

  /** Reads a whole table; undefined if the table contradicts itself, or the object of `storedBytes` that it closes. */
  static parse(bytes: Uint8Array, storedBytes: number): SeekTable | undefined {
    const view = viewOf(bytes);
    const { frames, entryBytes } = parseFooter(bytes.subarray(-FOOTER_BYTES)) ?? {};
    if (frames === undefined || frames === 0 || entryBytes === undefined) return undefined;
    if (bytes.byteLength !== HEADER_BYTES + frames * entryBytes + FOOTER_BYTES) return undefined;
    if (view.getUint32(0, true) !== SEEK_TABLE_MAGIC) return undefined;
    if (view.getUint32(4, true) !== bytes.byteLength - HEADER_BYTES) return undefined;
    const table = new SeekTable(view, frames, entryBytes);
    return table.#storedBytes(0, frames) + bytes.byteLength === storedBytes ? table : undefined;
  }

  frame(index: number): FrameFacts {
    const offset = HEADER_BYTES + index * this.#entryBytes;
    return {
      storedBytes: this.#table.getUint32(offset, true),
      contentBytes: this.#table.getUint32(offset + 4, true),
      checksum: this.#entryBytes === SIZES_BYTES ? undefined : this.#table.getUint32(offset + SIZES_BYTES, true),
    };
  }

  /**
   * The frames to decode for the content from `start` to `end`, so that what the table claims of them is proven: those that
   * hold it; the last one, if `end` is the content's; the one before the last, if that is the first; and all before, if the
   * frames differ.
   */
  locate(start: number, end: number): FrameRun {
    const first = this.#isRegular ? this.#regularFrameOf(start) : 0;
    const contentStart = first * this.#contentOf(0);
    let runEnd = first;
    for (let content = contentStart; runEnd < this.#frames && (content < end || end === this.contentBytes); runEnd++) {
      content += this.#contentOf(runEnd);
    }
    const storedStart = this.#storedBytes(0, first);
    const storedEnd = storedStart + this.#storedBytes(first, runEnd);
    return { first, end: runEnd, storedStart, storedEnd, contentStart };
  }

  #regularFrameOf(offset: number): number {
    const frame = Math.floor(offset / Math.max(1, this.#contentOf(0)));
    return Math.max(0, Math.min(frame, this.#frames - 2));
  }

  #contentOf(frame: number): number {
    return this.#table.getUint32(HEADER_BYTES + frame * this.#entryBytes + 4, true);
  }

  #storedBytes(first: number, end: number): number {
    let sum = 0;
    for (let frame = first; frame < end; frame++) {
      sum += this.#table.getUint32(HEADER_BYTES + frame * this.#entryBytes, true);
    }
    return sum;
  }
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}
