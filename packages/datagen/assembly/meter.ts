// biome-ignore-all lint/correctness/noPrecisionLoss: this is AssemblyScript, whose literals have 64 bits

/**
 * The loops of the meter over bytes: XXH64, the byte histogram, and FastCDC's search for the next cut. Compiled by
 * scripts/build-wasm.mjs.
 */

// XXH64, https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
const PRIME_1: u64 = 0x9e3779b185ebca87;
const PRIME_2: u64 = 0xc2b2ae3d27d4eb4f;
const PRIME_3: u64 = 0x165667b19e3779f9;
const PRIME_4: u64 = 0x85ebca77c2b2ae63;
const PRIME_5: u64 = 0x27d4eb2f165667c5;

function round(accumulator: u64, lane: u64): u64 {
  return rotl<u64>(accumulator + lane * PRIME_2, 31) * PRIME_1;
}

function merge(hash: u64, accumulator: u64): u64 {
  return (hash ^ round(0, accumulator)) * PRIME_1 + PRIME_4;
}

/** The XXH64 of bytes. */
export function xxh64(address: usize, length: u32, seed: u64): u64 {
  let at = address;
  const end = address + usize(length);
  let hash: u64;
  if (length >= 32) {
    let one = seed + PRIME_1 + PRIME_2;
    let two = seed + PRIME_2;
    let three = seed;
    let four = seed - PRIME_1;
    const stripesEnd = end - 31;
    while (at < stripesEnd) {
      one = round(one, load<u64>(at));
      two = round(two, load<u64>(at, 8));
      three = round(three, load<u64>(at, 16));
      four = round(four, load<u64>(at, 24));
      at += 32;
    }
    hash = rotl<u64>(one, 1) + rotl<u64>(two, 7) + rotl<u64>(three, 12) + rotl<u64>(four, 18);
    hash = merge(merge(merge(merge(hash, one), two), three), four);
  } else {
    hash = seed + PRIME_5;
  }
  hash += u64(length);
  for (; at + 8 <= end; at += 8) hash = rotl<u64>(hash ^ round(0, load<u64>(at)), 27) * PRIME_1 + PRIME_4;
  if (at + 4 <= end) {
    hash = rotl<u64>(hash ^ (u64(load<u32>(at)) * PRIME_1), 23) * PRIME_2 + PRIME_3;
    at += 4;
  }
  for (; at < end; at++) hash = rotl<u64>(hash ^ (u64(load<u8>(at)) * PRIME_5), 11) * PRIME_1;
  hash = (hash ^ (hash >>> 33)) * PRIME_2;
  hash = (hash ^ (hash >>> 29)) * PRIME_3;
  return hash ^ (hash >>> 32);
}

/** Writes the hash of every `step` bytes, the last of fewer, to `target`; each is seeded by its length. */
export function hashPieces(address: usize, length: u32, step: u32, target: usize): void {
  let write = target;
  for (let done: u32 = 0; done < length; done += step) {
    const bytes = min(step, length - done);
    store<u64>(write, xxh64(address + usize(done), bytes, u64(bytes)));
    write += 8;
  }
}

/** Adds the bytes to 4 tables of 256 counters of 32 bits, one after the other: neighbours never wait for one counter. */
export function count(address: usize, length: u32, tables: usize): void {
  for (let i: u32 = 0; i < length; i++) {
    const counter = tables + (usize(i & 3) << 10) + (usize(load<u8>(address + usize(i))) << 2);
    store<u32>(counter, load<u32>(counter) + 1);
  }
}

/**
 * The length of the chunk that begins at `address`, of `length` bytes that follow: FastCDC with normalized chunking (Xia et al.,
 * "The Design of Fast Content-Defined Chunking for Data Deduplication Based Storage Systems", IEEE TPDS 2020).
 */
export function cut(
  address: usize,
  length: u32,
  minBytes: u32,
  averageBytes: u32,
  maxBytes: u32,
  strictMask: u64,
  looseMask: u64,
  gear: usize,
): u32 {
  if (length <= minBytes) return length;
  const most = min(length, maxBytes);
  const centre = min(averageBytes, most) & ~1;
  const end = most & ~1;
  let hash: u64 = 0;
  let at = minBytes & ~1;
  for (; at < centre; at++) {
    hash = (hash << 1) + load<u64>(gear + (usize(load<u8>(address + usize(at))) << 3));
    if ((hash & strictMask) === 0) return at;
  }
  for (; at < end; at++) {
    hash = (hash << 1) + load<u64>(gear + (usize(load<u8>(address + usize(at))) << 3));
    if ((hash & looseMask) === 0) return at;
  }
  return most;
}
