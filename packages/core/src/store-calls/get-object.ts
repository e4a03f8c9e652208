import { parseChecksum } from "../checksum/text.js";
import { type Codec, checkCodec, codecOfKey } from "../compression/codec.js";
import type { DriverRead } from "../driver.js";
import { checkBoolean, checkEtag, checkOptions } from "../options.js";
import { checkRange } from "../range.js";
import { checkCrc, checkedStream, type StreamCheck } from "../read/checked-stream.js";
import { type OpenedContent, openContent } from "../read/open-content.js";
import { OpenedObject } from "../read/stored-object.js";
import type { GetOptions, StoredObject } from "../store.js";
import type { StoreContext } from "./context.js";

/** Opens an object: decoded, checked against its size, and against `verify` where given. */
export async function getObject(context: StoreContext, key: string, options: GetOptions): Promise<StoredObject> {
  checkOptions(options, ["range", "decode", "verify", "ifMatch", "lendChunks", "signal"], "get");
  const { range, verify, ifMatch, lendChunks, signal } = options;
  if (range !== undefined) checkRange(range, "get");
  checkEtag(ifMatch, "get");
  checkBoolean(lendChunks, "lendChunks", "get");
  const expectedCrc = verify === undefined ? undefined : parseChecksum(verify, "get");
  const codec = codecFor(key, options.decode, "get");
  const driverKey = context.keyFor(key, "get");
  const how = {
    ...(ifMatch !== undefined && { ifMatch }),
    ...(lendChunks === true && { lendChunks }),
    ...(signal !== undefined && { signal }),
  };
  const opened =
    codec === undefined
      ? asStored(await context.driver.read(driverKey, { ...how, ...(range !== undefined && { range }) }))
      : await openContent(context.driver, driverKey, codec, range, how);
  const check = {
    expectedBytes: opened.range === undefined ? undefined : opened.range.end - opened.range.start,
    expectedCrc,
    signal,
    uri: context.uriOf(key),
    backend: context.driver.backend,
  };
  const { read } = opened;
  const canFill = codec === undefined && read.into !== undefined;
  return new OpenedObject({
    info: context.infoOf(opened.read.object),
    range: opened.range,
    body: withErrorsOf(context, key, checkedStream(opened.content, check), opened),
    into: canFill ? (target) => fill(context, key, read, target, check) : undefined,
    lendsChunks: lendChunks === true,
    cancel: () => read.cancel(),
  });
}

/** The codec to decode with: none, the one named, or the one of the key's extension. */
export function codecFor(key: string, decode: boolean | Codec | undefined, operation: string): Codec | undefined {
  if (decode === undefined || decode === false) return undefined;
  if (decode === true) return typeof key === "string" ? codecOfKey(key) : undefined;
  return checkCodec(decode, operation);
}

function asStored(read: OpenedContent["read"]): OpenedContent {
  return { read, range: read.range, content: read.body };
}

async function fill(
  context: StoreContext,
  key: string,
  read: DriverRead,
  target: Uint8Array,
  check: StreamCheck,
): Promise<void> {
  try {
    const crc32c = await read.into?.(target, check.expectedCrc !== undefined);
    if (crc32c !== undefined) checkCrc(crc32c, target.byteLength, check);
  } catch (error) {
    throw context.errorOf(error, "get", key);
  } finally {
    await read.cancel();
  }
}

/** Completes the errors of a body, and releases the object also where its last bytes were not asked for. */
async function* withErrorsOf(
  context: StoreContext,
  key: string,
  body: AsyncIterable<Uint8Array>,
  { read }: OpenedContent,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* body;
  } catch (error) {
    throw context.errorOf(error, "get", key);
  } finally {
    await read.cancel();
  }
}
