import { createHash } from "node:crypto";

/** How long the chunks of FastCDC are. */
export interface ChunkLimits {
  readonly minBytes: number;
  /** A power of two. */
  readonly averageBytes: number;
  readonly maxBytes: number;
}

/** Of the authors' implementation in destor, by the number of effective bits; normalization level 1 uses one bit more and one less. */
const MASKS: readonly bigint[] = [
  ...[0n, 0n, 0n, 0n, 0n, 0x1804110n, 0x1803110n, 0x18035100n, 0x1800035300n, 0x19000353000n, 0x590003530000n],
  ...[0xd90003530000n, 0xd90103530000n, 0xd90303530000n, 0xd90313530000n, 0xd90f03530000n, 0xd90303537000n],
  ...[0xd90703537000n, 0xd90707537000n, 0xd91707537000n, 0xd91747537000n, 0xd91767537000n, 0xd93767537000n],
];

/** The masks for chunks of about `averageBytes`: a strict one before that length, a loose one after it. */
export function masksOf({ averageBytes }: ChunkLimits): { readonly strict: bigint; readonly loose: bigint } {
  const bits = Math.round(Math.log2(averageBytes));
  return { strict: MASKS[bits + 1] as bigint, loose: MASKS[bits - 1] as bigint };
}

/** The gear table of the authors: of every byte value, the first 8 bytes of the MD5 of 64 such bytes. */
export function gearTable(): BigUint64Array {
  return BigUint64Array.from({ length: 256 }, (_, value) =>
    createHash("md5").update(new Uint8Array(64).fill(value)).digest().readBigUInt64BE(0),
  );
}
