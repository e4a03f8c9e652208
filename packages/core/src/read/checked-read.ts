import { algorithmOf, type ChecksumAlgorithm } from "../checksum/algorithm.js";
import type { DriverRead, DriverReadOptions, StoreDriver } from "../driver.js";
import { ByteCheck } from "./byte-check.js";
import { checkedStream, type StreamCheck } from "./checked-stream.js";

/** What stored bytes are compared with. */
export interface ReadCheck extends Pick<StreamCheck, "uri" | "backend" | "signal"> {
  /** A checksum that they must have. */
  readonly given?: string | undefined;
  /** Whether all bytes of an object must have the checksum that its store keeps of them. */
  readonly isCompared: boolean;
}

/** A read that compares what it brings. */
export interface CheckedRead extends DriverRead {
  into?(target: Uint8Array): Promise<undefined>;
}

/** Opens stored bytes; reading them to their end fails with ChecksumMismatch if they are too few, too many, or others. */
export async function readChecked(
  driver: Pick<StoreDriver, "read">,
  key: string,
  options: DriverReadOptions,
  check: ReadCheck,
): Promise<CheckedRead> {
  const { given, isCompared } = check;
  const read = await driver.read(key, { ...options, ...(isCompared && { wantsChecksum: true }) });
  const { object, range } = read;
  const kept = isCompared ? keptChecksumOf(read) : undefined;
  const expected = [given, kept].filter((text) => text !== undefined);
  return {
    ...{ object, range },
    body: checkedStream(read.body, { ...check, expectedBytes: range.end - range.start, expected }),
    ...(read.into !== undefined && { into: (target) => fillChecked(read, target, expected, check) }),
    cancel: () => read.cancel(),
  };
}

/** The algorithm of the checksum that a store keeps of all that a read brings; undefined where the store keeps none. */
export function keptAlgorithmOf(read: Pick<DriverRead, "object" | "range">): ChecksumAlgorithm | undefined {
  return algorithmOf(keptChecksumOf(read));
}

/** A store's checksum is of the whole object. A text of no known form is none. */
function keptChecksumOf({ object, range }: Pick<DriverRead, "object" | "range">): string | undefined {
  const isWhole = range.start === 0 && range.end === object.size;
  return isWhole && algorithmOf(object.storedChecksum) !== undefined ? object.storedChecksum : undefined;
}

/** CRC-32C is computed as the bytes come, in any order; other checksums once all bytes are there. */
async function fillChecked(
  read: DriverRead,
  target: Uint8Array,
  expected: readonly string[],
  { signal, ...place }: ReadCheck,
): Promise<undefined> {
  const check = new ByteCheck(expected, place);
  const crc32c = await read.into?.(target, check.takesCrc32c);
  if (check.takesCrc32c && crc32c !== undefined) {
    check.finishWith(crc32c, target.byteLength);
  } else {
    await check.updateInSteps(target, signal);
    check.finish();
  }
}
