import { Crc32c } from "../checksum/crc32c.js";
import type { ByteCursor } from "./byte-cursor.js";
import { damaged } from "./damage.js";
import { type FrameFacts, isSameFrame } from "./frame-facts.js";
import {
  FOOTER_BYTES,
  type FrameRun,
  parseFooter,
  type SeekTable,
  SIZES_AND_CHECKSUM_BYTES,
  SIZES_BYTES,
  writeEntry,
} from "./seek-table.js";

const MAX_UINT32 = 0xffffffff;

/** Holds the frames of a source, one by one and in order, against those that a seek table promised. */
export class PromisedFrames {
  readonly #table: SeekTable;
  readonly #end: number;
  #next: number;

  constructor(table: SeekTable, { first, end }: FrameRun) {
    this.#table = table;
    this.#next = first;
    this.#end = end;
  }

  /** ChecksumMismatch unless this is the next frame. */
  check(frame: FrameFacts): void {
    const isPromised = this.#next < this.#end && isSameFrame(frame, this.#table.frame(this.#next));
    if (!isPromised) throw damaged("zstd", `frame ${this.#next} is not the one that the seek table tells of`);
    this.#next++;
  }

  /** ChecksumMismatch if frames are missing. */
  checkEnd(): void {
    if (this.#next < this.#end) throw damaged("zstd", `the frames from ${this.#next} on are missing`);
  }
}

/**
 * Remembers the frames since the last seek table as the checksum of their entries, so that memory does not grow with
 * their number, and holds the next seek table against them.
 */
export class SeenFrames {
  readonly #entry = Buffer.alloc(SIZES_AND_CHECKSUM_BYTES);
  #count = 0;
  #haveChecksums = true;
  #sizes = new Crc32c();
  #entries = new Crc32c();

  add({ storedBytes, contentBytes, checksum }: FrameFacts): void {
    // A table can't tell of larger frames.
    const entry = {
      storedBytes: Math.min(storedBytes, MAX_UINT32),
      contentBytes: Math.min(contentBytes, MAX_UINT32),
      checksum,
    };
    writeEntry(this.#entry, 0, entry);
    this.#sizes.update(this.#entry.subarray(0, SIZES_BYTES));
    this.#entries.update(this.#entry);
    this.#haveChecksums &&= checksum !== undefined;
    this.#count++;
  }

  /**
   * Takes what a skippable frame with the magic number of seek tables holds. If that is a seek table, it is
   * ChecksumMismatch unless the table tells of just the frames before it. Resolves with whether there was a table.
   */
  async takeTable(cursor: ByteCursor, bodyBytes: number): Promise<boolean> {
    if (bodyBytes < FOOTER_BYTES) {
      await cursor.skip(bodyBytes);
      return false;
    }
    const entriesBytes = bodyBytes - FOOTER_BYTES;
    const isTrue = await this.#takeEntries(cursor, entriesBytes);
    const footer = parseFooter(await cursor.take(FOOTER_BYTES));
    if (footer === undefined) return false;
    if (!isTrue || footer.frames !== this.#count || footer.frames * (footer.entryBytes ?? -1) !== entriesBytes) {
      throw damaged("zstd", "the seek table tells of other frames than there are");
    }
    this.#count = 0;
    this.#haveChecksums = true;
    this.#sizes = new Crc32c();
    this.#entries = new Crc32c();
    return true;
  }

  /** Whether these would be the entries of the frames, with or without checksums. */
  async #takeEntries(cursor: ByteCursor, entriesBytes: number): Promise<boolean> {
    const entryBytes = [SIZES_BYTES, SIZES_AND_CHECKSUM_BYTES].find((bytes) => bytes * this.#count === entriesBytes);
    if (entryBytes === undefined) {
      await cursor.skip(entriesBytes);
      return false;
    }
    const sizes = new Crc32c();
    const entries = new Crc32c();
    for (let frame = 0; frame < this.#count; frame++) {
      const entry = await cursor.take(entryBytes);
      sizes.update(entry.subarray(0, SIZES_BYTES));
      entries.update(entry);
    }
    if (sizes.value !== this.#sizes.value) return false;
    return entryBytes === SIZES_BYTES || !this.#haveChecksums || entries.value === this.#entries.value;
  }
}
