import { ObjectStoreError } from "../errors.js";
import type { ByteCursor } from "./byte-cursor.js";
import { damaged, foreign } from "./damage.js";

/** RFC 8878, section 3.1.1: the magic number of a frame. */
const FRAME_MAGIC = 0xfd2fb528;
/** RFC 8878, section 3.1.2: those of skippable frames, 0x184D2A50 to 0x184D2A5F. */
const SKIPPABLE_MAGIC = 0x184d2a50;

/** The largest window that is decoded, as with the zstd tool without `--long`: so much memory a decoder may take. */
const MAX_WINDOW_BYTES = 128 << 20;

/** What a frame says of itself before its first block. */
export interface ZstdFrameHeader {
  /** The header as stored. */
  readonly bytes: Uint8Array;
  readonly windowBytes: number;
  /** undefined where the frame does not say it. */
  readonly contentBytes: number | undefined;
  readonly hasChecksum: boolean;
}

/** A frame without content, whose `bodyBytes` follow. */
export interface SkippableFrameHeader {
  readonly magic: number;
  readonly bodyBytes: number;
}

/**
 * Takes the header of the next frame, the first or another one. What is no header is ChecksumMismatch; a frame that needs a dictionary, or a window
 * larger than 128 MiB, is Unsupported.
 */
export async function takeFrameHeader(
  cursor: ByteCursor,
  isFirst: boolean,
): Promise<ZstdFrameHeader | SkippableFrameHeader> {
  // A few bytes of something else are not taken for the beginning of a frame that was cut.
  const first = await cursor.take(1);
  if (first[0] !== (FRAME_MAGIC & 0xff) && ((first[0] as number) & 0xf0) !== (SKIPPABLE_MAGIC & 0xf0)) {
    throw foreign("zstd", isFirst);
  }
  const start = Buffer.concat([first, await cursor.take(3)]);
  const magic = uint(start);
  if ((magic & 0xfffffff0) >>> 0 === SKIPPABLE_MAGIC) return { magic, bodyBytes: uint(await cursor.take(4)) };
  if (magic !== FRAME_MAGIC) throw foreign("zstd", isFirst);
  const descriptor = await cursor.take(1);
  const sizes = fieldSizes(descriptor[0] as number);
  const fields = await cursor.take(sizes.window + sizes.dictionary + sizes.content);
  return parseFields(Buffer.concat([start, descriptor, fields]), sizes);
}

interface FieldSizes {
  readonly window: number;
  readonly dictionary: number;
  readonly content: number;
  readonly hasChecksum: boolean;
}

/** RFC 8878, section 3.1.1.1.1: the frame header descriptor. Bit 4 is unused, bit 3 reserved. */
function fieldSizes(descriptor: number): FieldSizes {
  if ((descriptor & 0x08) !== 0) throw damaged("zstd", "a frame's header has a reserved bit");
  const isSingleSegment = (descriptor & 0x20) !== 0;
  const contentFlag = descriptor >>> 6;
  return {
    window: isSingleSegment ? 0 : 1,
    dictionary: [0, 1, 2, 4][descriptor & 0x03] as number,
    content: contentFlag === 0 ? (isSingleSegment ? 1 : 0) : 1 << contentFlag,
    hasChecksum: (descriptor & 0x04) !== 0,
  };
}

function parseFields(bytes: Uint8Array, { window, dictionary, content, hasChecksum }: FieldSizes): ZstdFrameHeader {
  const dictionaryAt = 5 + window;
  const contentAt = dictionaryAt + dictionary;
  const dictionaryId = uint(bytes.subarray(dictionaryAt, contentAt));
  if (dictionaryId !== 0) {
    throw new ObjectStoreError("Unsupported", `the zstd data needs dictionary ${dictionaryId} to be decoded`);
  }
  // Sizes of two bytes begin at 256.
  const contentBytes = content === 0 ? undefined : uint(bytes.subarray(contentAt)) + (content === 2 ? 256 : 0);
  const windowBytes = window === 0 ? (contentBytes as number) : windowSize(bytes[5] as number);
  if (windowBytes > MAX_WINDOW_BYTES) {
    const limit = `at most ${MAX_WINDOW_BYTES} are decoded`;
    throw new ObjectStoreError("Unsupported", `the zstd data needs a window of ${windowBytes} bytes; ${limit}`);
  }
  return { bytes, windowBytes, contentBytes, hasChecksum };
}

/** RFC 8878, section 3.1.1.1.2. */
function windowSize(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >>> 3));
  return base + (base / 8) * (descriptor & 0x07);
}

/** A little-endian number; one above 2^53 is rounded. */
function uint(bytes: Uint8Array): number {
  return bytes.reduceRight((value, byte) => value * 256 + byte, 0);
}
