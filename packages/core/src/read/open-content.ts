import type { Codec } from "../compression/codec.js";
import { decodeStream, sliceStream, takesLentChunks } from "../compression/decode.js";
import {
  FOOTER_BYTES,
  locateFrames,
  parseSeekTable,
  type SeekTable,
  seekTableBytes,
} from "../compression/seek-table.js";
import type { DriverRead, DriverReadOptions, StoreDriver } from "../driver.js";
import { type ByteRange, type ResolvedRange, resolveRange } from "../range.js";
import { collect } from "./stored-object.js";

export interface OpenedContent {
  readonly read: DriverRead;
  /** Which bytes of the content are delivered; undefined where its size is not known beforehand. */
  readonly range: ResolvedRange | undefined;
  readonly content: AsyncIterable<Uint8Array>;
}

type ContentOptions = Pick<DriverReadOptions, "ifMatch" | "lendChunks" | "signal">;

/**
 * Opens the decoded content of a compressed object. A range of a zstd object with a seek table reads that table and the
 * frames it needs; without a table, and for gzip, everything before the range is decoded and dropped.
 */
export async function openContent(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  range: ByteRange | undefined,
  options: ContentOptions,
): Promise<OpenedContent> {
  if (range === undefined) {
    return { ...(await readDecoded(driver, key, codec, options)), range: undefined };
  }
  const seekable = codec === "zstd" ? await readSeekTable(driver, key, options) : undefined;
  if (seekable !== undefined) return openFrames(driver, key, seekable, range, options);
  return openSkipping(driver, key, codec, range, options);
}

/** Opens stored bytes, lent where the decoder allows it, and their content. */
async function readDecoded(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  options: DriverReadOptions,
): Promise<{ read: DriverRead; content: AsyncIterable<Uint8Array> }> {
  const read = await driver.read(key, { ...options, lendChunks: await takesLentChunks(codec) });
  return { read, content: decodeStream(codec, read.body, options.lendChunks) };
}

interface Seekable {
  readonly table: SeekTable;
  readonly etag: string;
}

async function readSeekTable(driver: StoreDriver, key: string, options: ContentOptions): Promise<Seekable | undefined> {
  const tail = await driver.read(key, { ...options, range: { suffix: FOOTER_BYTES } });
  const bytes = seekTableBytes(await collect(tail.body, FOOTER_BYTES));
  const { size, etag } = tail.object;
  if (bytes === undefined || bytes > size) return undefined;
  const whole = await driver.read(key, { ...options, ifMatch: etag, range: { suffix: bytes } });
  const table = parseSeekTable(await collect(whole.body, bytes), size);
  return table === undefined ? undefined : { table, etag };
}

async function openFrames(
  driver: StoreDriver,
  key: string,
  { table, etag }: Seekable,
  range: ByteRange,
  options: ContentOptions,
): Promise<OpenedContent> {
  const resolved = resolveRange(range, table.contentBytes);
  const isEmpty = resolved.start === resolved.end;
  const frames = isEmpty ? { start: 0, end: 0, contentStart: 0 } : locateFrames(table, resolved.start, resolved.end);
  const stored = { start: frames.start, end: frames.end };
  const { read, content } = await readDecoded(driver, key, "zstd", { ...options, ifMatch: etag, range: stored });
  const [start, end] = [resolved.start - frames.contentStart, resolved.end - frames.contentStart];
  return { read, range: resolved, content: sliceStream(content, start, end) };
}

async function openSkipping(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  range: ByteRange,
  options: ContentOptions,
): Promise<OpenedContent> {
  if ("suffix" in range) {
    const { contentBytes, etag } = await countContent(driver, key, codec, options);
    const resolved = resolveRange(range, contentBytes);
    const opened = await openSkipping(driver, key, codec, resolved, { ...options, ifMatch: etag });
    return { ...opened, range: resolved };
  }
  const { read, content } = await readDecoded(driver, key, codec, options);
  const slice = sliceStream(content, range.start, range.end ?? Number.POSITIVE_INFINITY);
  return { read, range: undefined, content: slice };
}

/** The last bytes can't be found without knowing how many there are: decodes the object once to count them. */
async function countContent(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  options: ContentOptions,
): Promise<{ contentBytes: number; etag: string }> {
  const { read, content } = await readDecoded(driver, key, codec, { ...options, lendChunks: true });
  let contentBytes = 0;
  for await (const chunk of content) contentBytes += chunk.byteLength;
  return { contentBytes, etag: read.object.etag };
}
