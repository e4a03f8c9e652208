import type { Codec } from "../compression/codec.js";
import { decodeStream, sliceStream } from "../compression/decode.js";
import type { DecodeOptions } from "../compression/decode-options.js";
import { PromisedFrames } from "../compression/frame-checks.js";
import { FOOTER_BYTES, parseFooter, SeekTable, seekTableBytes } from "../compression/seek-table.js";
import type { DriverRead, DriverReadOptions, StoreDriver } from "../driver.js";
import { type ByteRange, type ResolvedRange, resolveRange } from "../range.js";
import { collect } from "./stored-object.js";

export interface OpenedContent {
  readonly read: DriverRead;
  /** Which bytes of the content are delivered; undefined where its size is not known beforehand. */
  readonly range: ResolvedRange | undefined;
  readonly content: AsyncIterable<Uint8Array>;
  /** Decoded content, once read to its end: whether all of it was held against checksums of its frames or members. */
  readonly isChecked?: () => boolean;
}

type StoredReader = Pick<StoreDriver, "read">;
type ContentOptions = Pick<DriverReadOptions, "ifMatch" | "lendChunks" | "signal">;

/**
 * Opens the decoded content of a compressed object. A range of a zstd object with a seek table reads that table and the
 * frames it needs; without a table, and for gzip, everything before the range is decoded and dropped. Every read goes to
 * the end of the last frame or member it needs, as the checksum is there.
 */
export async function openContent(
  driver: StoredReader,
  key: string,
  codec: Codec,
  range: ByteRange | undefined,
  options: ContentOptions,
): Promise<OpenedContent> {
  if (range === undefined) return readDecoded(driver, key, codec, options);
  const tail = codec === "zstd" ? await readTail(driver, key, options) : { isDoubtful: false };
  if ("table" in tail) return openFrames(driver, key, tail, range, options);
  return openSkipping(driver, key, codec, range, options, tail.isDoubtful);
}

/** Opens stored bytes, lent, and their content. */
async function readDecoded(
  driver: StoredReader,
  key: string,
  codec: Codec,
  options: DriverReadOptions,
  decodeOptions: DecodeOptions = {},
): Promise<OpenedContent> {
  const read = await driver.read(key, { ...options, lendChunks: true });
  let isChecked = true;
  const onUnchecked = (): void => {
    isChecked = false;
  };
  const content = decodeStream(codec, read.body, { ...decodeOptions, lendChunks: options.lendChunks, onUnchecked });
  return { read, range: undefined, content, isChecked: () => isChecked };
}

interface Seekable {
  readonly table: SeekTable;
  readonly etag: string;
}

/** A seek table that can't be used, and padding behind which there may be one, have to be read in their turn. */
interface NotSeekable {
  readonly isDoubtful: boolean;
}

async function readTail(driver: StoredReader, key: string, options: ContentOptions): Promise<Seekable | NotSeekable> {
  const tail = await driver.read(key, { ...options, range: { suffix: FOOTER_BYTES } });
  const { size, etag } = tail.object;
  const footer = await collect(tail.body, FOOTER_BYTES);
  if (parseFooter(footer) === undefined) return { isDoubtful: footer.at(-1) === 0 };
  const bytes = seekTableBytes(footer);
  if (bytes === undefined || bytes > size) return { isDoubtful: true };
  const whole = await driver.read(key, { ...options, ifMatch: etag, range: { suffix: bytes } });
  const table = SeekTable.parse(await collect(whole.body, bytes), size);
  return table === undefined ? { isDoubtful: true } : { table, etag };
}

async function openFrames(
  driver: StoredReader,
  key: string,
  { table, etag }: Seekable,
  range: ByteRange,
  options: ContentOptions,
): Promise<OpenedContent> {
  const pinned = { ...options, ifMatch: etag };
  const resolved = resolveRange(range, table.contentBytes);
  const run = table.locate(resolved.start, resolved.end);
  const open = (): Promise<OpenedContent> => {
    const stored = { start: run.storedStart, end: run.storedEnd };
    const decodeOptions = { promised: new PromisedFrames(table, run) };
    return readDecoded(driver, key, "zstd", { ...pinned, range: stored }, decodeOptions);
  };
  if (resolved.start === resolved.end) {
    const read = await driver.read(key, { ...pinned, range: { start: 0, end: 0 } });
    return {
      read,
      range: resolved,
      content: asksForNothing(range) ? nothing() : proofOfEnd(open),
      isChecked: () => true,
    };
  }
  const opened = await open();
  const [start, end] = [resolved.start - run.contentStart, resolved.end - run.contentStart];
  return { ...opened, range: resolved, content: sliceStream(opened.content, start, end) };
}

/** That a range lies behind the content is a claim of the seek table, until the last frames have been decoded. */
async function* proofOfEnd(open: () => Promise<OpenedContent>): AsyncGenerator<Uint8Array, void, void> {
  const { read, content } = await open();
  try {
    yield* sliceStream(content, 0, 0);
  } finally {
    await read.cancel();
  }
}

/** With `toEnd` the object is decoded to its end, where a seek table may tell that frames are missing. */
async function openSkipping(
  driver: StoredReader,
  key: string,
  codec: Codec,
  range: ByteRange,
  options: ContentOptions,
  toEnd: boolean,
): Promise<OpenedContent> {
  if ("suffix" in range) {
    const { contentBytes, etag } = await countContent(driver, key, codec, options);
    const resolved = resolveRange(range, contentBytes);
    const opened = await openSkipping(driver, key, codec, resolved, { ...options, ifMatch: etag }, false);
    return { ...opened, range: resolved };
  }
  const { start, end = Number.POSITIVE_INFINITY } = range;
  const opened = await readDecoded(driver, key, codec, options, { contentEnd: toEnd ? undefined : end });
  return { ...opened, content: asksForNothing(range) ? nothing() : sliceStream(opened.content, start, end) };
}

/** The last bytes can't be found without knowing how many there are: decodes the object once to count them. */
async function countContent(
  driver: StoredReader,
  key: string,
  codec: Codec,
  options: ContentOptions,
): Promise<{ contentBytes: number; etag: string }> {
  const { read, content } = await readDecoded(driver, key, codec, { ...options, lendChunks: true });
  let contentBytes = 0;
  for await (const chunk of content) contentBytes += chunk.byteLength;
  return { contentBytes, etag: read.object.etag };
}

function asksForNothing(range: ByteRange): boolean {
  return "start" in range && range.end === range.start;
}

async function* nothing(): AsyncGenerator<Uint8Array, void, void> {}
