import type { Codec } from "../compression/codec.js";
import { decodeStream, sliceStream } from "../compression/decode.js";
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

type PinOptions = Pick<DriverReadOptions, "ifMatch" | "signal">;

/**
 * Opens the decoded content of a compressed object. A range of a zstd object with a seek table reads that table and the
 * frames it needs; without a table, and for gzip, everything before the range is decoded and dropped.
 */
export async function openContent(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  range: ByteRange | undefined,
  options: PinOptions,
): Promise<OpenedContent> {
  if (range === undefined) {
    const read = await driver.read(key, options);
    return { read, range: undefined, content: decodeStream(codec, read.body) };
  }
  const seekable = codec === "zstd" ? await readSeekTable(driver, key, options) : undefined;
  if (seekable !== undefined) return openFrames(driver, key, seekable, range, options);
  return openSkipping(driver, key, codec, range, options);
}

interface Seekable {
  readonly table: SeekTable;
  readonly etag: string;
}

async function readSeekTable(driver: StoreDriver, key: string, options: PinOptions): Promise<Seekable | undefined> {
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
  options: PinOptions,
): Promise<OpenedContent> {
  const resolved = resolveRange(range, table.contentBytes);
  const isEmpty = resolved.start === resolved.end;
  const frames = isEmpty ? { start: 0, end: 0, contentStart: 0 } : locateFrames(table, resolved.start, resolved.end);
  const read = await driver.read(key, { ...options, ifMatch: etag, range: { start: frames.start, end: frames.end } });
  const content = sliceStream(
    decodeStream("zstd", read.body),
    resolved.start - frames.contentStart,
    resolved.end - frames.contentStart,
  );
  return { read, range: resolved, content };
}

async function openSkipping(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  range: ByteRange,
  options: PinOptions,
): Promise<OpenedContent> {
  if ("suffix" in range) {
    const { contentBytes, etag } = await countContent(driver, key, codec, options);
    const resolved = resolveRange(range, contentBytes);
    const opened = await openSkipping(driver, key, codec, resolved, { ...options, ifMatch: etag });
    return { ...opened, range: resolved };
  }
  const read = await driver.read(key, options);
  const content = sliceStream(decodeStream(codec, read.body), range.start, range.end ?? Number.POSITIVE_INFINITY);
  return { read, range: undefined, content };
}

/** The last bytes can't be found without knowing how many there are: decodes the object once to count them. */
async function countContent(
  driver: StoreDriver,
  key: string,
  codec: Codec,
  options: PinOptions,
): Promise<{ contentBytes: number; etag: string }> {
  const read = await driver.read(key, options);
  let contentBytes = 0;
  for await (const chunk of decodeStream(codec, read.body)) contentBytes += chunk.byteLength;
  return { contentBytes, etag: read.object.etag };
}
