import { algorithmOf, checkChecksum } from "../checksum/algorithm.js";
import { type Codec, checkCodec, codecOfKey } from "../compression/codec.js";
import type { DriverObject, DriverReadOptions } from "../driver.js";
import { checkBoolean, checkEtag, checkOptions } from "../options.js";
import { checkRange } from "../range.js";
import { type CheckedRead, keptAlgorithmOf, type ReadCheck, readChecked } from "../read/checked-read.js";
import { checkedStream } from "../read/checked-stream.js";
import { type OpenedContent, openContent } from "../read/open-content.js";
import { OpenedObject } from "../read/stored-object.js";
import type { GetOptions, StoredObject, VerifiedBy } from "../store.js";
import type { StoreContext } from "./context.js";

/** Opens an object: decoded, and compared with its size, with `verify`, and with what its store keeps of all of it. */
export async function getObject(context: StoreContext, key: string, options: GetOptions): Promise<StoredObject> {
  checkOptions(options, ["range", "decode", "verify", "ifMatch", "lendChunks", "signal"], "get");
  const { range, verify, ifMatch, lendChunks, signal } = options;
  if (range !== undefined) checkRange(range, "get");
  checkEtag(ifMatch, "get");
  checkBoolean(lendChunks, "lendChunks", "get");
  if (verify !== undefined && verify !== "none") checkChecksum(verify, "get");
  const codec = codecFor(key, options.decode, "get");
  const driverKey = context.keyFor(key, "get");
  const how = {
    ...(range !== undefined && { range }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(lendChunks === true && { lendChunks }),
    ...(signal !== undefined && { signal }),
  };
  const check: ReadCheck = {
    ...{ uri: context.uriOf(key), backend: context.driver.backend, signal },
    ...(verify !== "none" && { given: verify }),
    isCompared: verify !== "none",
  };
  const opened = await (codec === undefined
    ? openStored(context, driverKey, how, check)
    : openDecoded(context, driverKey, codec, how, check));
  return asObject(context, key, opened, lendChunks === true);
}

/** The codec to decode with: none, the one named, or the one of the key's extension. */
export function codecFor(key: string, decode: boolean | Codec | undefined, operation: string): Codec | undefined {
  if (decode === undefined || decode === false) return undefined;
  if (decode === true) return typeof key === "string" ? codecOfKey(key) : undefined;
  return checkCodec(decode, operation);
}

interface Opened extends OpenedContent {
  /** By what the content was verified; asked for once it was read to its end. */
  readonly verifiedBy: () => VerifiedBy;
  /** Fills a buffer instead, where no decoder stands between. */
  readonly into?: CheckedRead["into"];
}

async function openStored(
  { driver }: StoreContext,
  driverKey: string,
  how: DriverReadOptions,
  check: ReadCheck,
): Promise<Opened> {
  const read = await readChecked(driver, driverKey, how, check);
  const kept = check.isCompared ? keptAlgorithmOf(read) : undefined;
  const verifiedBy = check.given === undefined ? (kept ?? "none") : "given";
  return { read, range: read.range, content: read.body, into: read.into, verifiedBy: () => verifiedBy };
}

/** The stored bytes are compared on their way into the decoder, and the content behind it. */
async function openDecoded(
  { driver }: StoreContext,
  driverKey: string,
  codec: Codec,
  { range, ...how }: DriverReadOptions,
  { given, ...check }: ReadCheck,
): Promise<Opened> {
  const source = { read: (key: string, options: DriverReadOptions) => readChecked(driver, key, options, check) };
  const opened = await openContent(source, driverKey, codec, range, how);
  const isCompared = check.isCompared && range === undefined;
  const kept = isCompared ? contentChecksumOf(opened.read.object) : undefined;
  const keptBy = isCompared ? (keptAlgorithmOf(opened.read) ?? algorithmOf(kept)) : undefined;
  const content = checkedStream(opened.content, {
    ...check,
    expectedBytes: opened.range && opened.range.end - opened.range.start,
    expected: [given, kept].filter((text) => text !== undefined),
  });
  const ownCheck = () => (opened.isChecked?.() === true ? "frames" : "none");
  return { ...opened, content, verifiedBy: () => (given === undefined ? (keptBy ?? ownCheck()) : "given") };
}

/** Where both checksums are one, the object was stored as it came: then neither is of what a decoder makes of it. */
function contentChecksumOf({ checksum, storedChecksum }: DriverObject): string | undefined {
  const areBothKept = algorithmOf(checksum) === "crc32c" && algorithmOf(storedChecksum) === "crc32c";
  return areBothKept && checksum !== storedChecksum ? checksum : undefined;
}

function asObject(context: StoreContext, key: string, opened: Opened, lendsChunks: boolean): OpenedObject {
  const { read, range, into, verifiedBy } = opened;
  let isAtEnd = false;
  const onEnd = (): void => {
    isAtEnd = true;
  };
  return new OpenedObject({
    info: context.infoOf(read.object),
    ...{ range, lendsChunks },
    body: untilEnd(context, key, opened, onEnd),
    into: into && ((target) => fill(context, key, { read, into }, target, onEnd)),
    verifiedBy: () => (isAtEnd ? verifiedBy() : undefined),
    cancel: () => read.cancel(),
  });
}

/** Completes the errors of a body, and releases the object also where its last bytes were not asked for. */
async function* untilEnd(
  context: StoreContext,
  key: string,
  { read, content }: OpenedContent,
  onEnd: () => void,
): AsyncGenerator<Uint8Array, void, void> {
  try {
    yield* content;
    onEnd();
  } catch (error) {
    throw context.errorOf(error, "get", key);
  } finally {
    await read.cancel();
  }
}

/** The same for a buffer that is filled. */
async function fill(
  context: StoreContext,
  key: string,
  { read, into }: Pick<Opened, "read" | "into">,
  target: Uint8Array,
  onEnd: () => void,
): Promise<void> {
  try {
    await into?.(target);
    onEnd();
  } catch (error) {
    throw context.errorOf(error, "get", key);
  } finally {
    await read.cancel();
  }
}
