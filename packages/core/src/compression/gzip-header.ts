import { crc32 } from "node:zlib";
import type { ByteCursor } from "./byte-cursor.js";
import { damaged, foreign } from "./damage.js";

/** RFC 1952, section 2.3.1: the flags of a member's header. */
const HAS_HEADER_CHECKSUM = 0x02;
const HAS_EXTRA = 0x04;
const HAS_NAME = 0x08;
const HAS_COMMENT = 0x10;
const RESERVED_FLAGS = 0xe0;

/** Passes over the header of a gzip member, of the first or another one (RFC 1952, section 2.3); ChecksumMismatch for what is none. */
export async function skipGzipHeader(cursor: ByteCursor, isFirst: boolean): Promise<void> {
  let checksum = 0;
  const take = async (bytes: number): Promise<Uint8Array> => {
    const taken = await cursor.take(bytes);
    checksum = crc32(taken, checksum);
    return taken;
  };
  // One by one, so that a few bytes of something else are not taken for the beginning of a member that was cut.
  for (const magic of [0x1f, 0x8b]) if ((await take(1))[0] !== magic) throw foreign("gzip", isFirst);
  const [method, flags = 0] = await take(8);
  if (method !== 8) throw damaged("gzip", `a member is of the unknown method ${method}`);
  if ((flags & RESERVED_FLAGS) !== 0) throw damaged("gzip", "a member's header has reserved flags");
  if ((flags & HAS_EXTRA) !== 0) {
    const [low = 0, high = 0] = await take(2);
    await take(low + high * 256);
  }
  for (const text of [HAS_NAME, HAS_COMMENT]) {
    if ((flags & text) !== 0) while ((await take(1))[0] !== 0);
  }
  if ((flags & HAS_HEADER_CHECKSUM) === 0) return;
  const expected = checksum & 0xffff;
  const [low = 0, high = 0] = await take(2);
  if (low + high * 256 !== expected) throw damaged("gzip", "a member's header has another checksum than it says");
}
