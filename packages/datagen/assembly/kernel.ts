// biome-ignore-all lint/correctness/noPrecisionLoss: this is AssemblyScript, whose literals have 64 bits

/**
 * The generator of recipe version 1 (docs/recipe-v1.md), compiled by scripts/build-kernel.mjs. Names follow that page.
 * Addresses are plain pointers, so that memory handed in can be filled as well as the scratch area.
 */

const GOLDEN: u64 = 0x9e3779b97f4a7c15;
const SEED_OFFSET: u64 = 0x536c756963652031;
const ROW_BYTES: u64 = 128;
const TABLE_WORDS: u32 = 1040;
const MAX_PERIOD_BYTES: u32 = 4096;

const TABLE_1: usize = 1024;
const TABLE_2: usize = 9344;

/** Page aligned, with room for 64 KiB and the rest of a row before and after. */
const SCRATCH: usize = 20480;

let rowKey: u64 = 0;
let fillerKey: u64 = 0;
let fullBlocks: u64 = 0;
let uniqueBlocks: u64 = 0;
let blockShift: u64 = 0;
let periodBytes: u32 = 0;
let compressMilli: u32 = 1000;

function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >>> 27)) * 0x94d049bb133111eb;
  return z ^ (z >>> 31);
}

export function scratch(): usize {
  return SCRATCH;
}

/** Sets the recipe. Counts come as f64: they are whole numbers below 2^53, and no BigInt is made for them. */
export function configure(seed: u64, block: u32, full: f64, unique: f64, compress: u32): void {
  const base = mix(seed + SEED_OFFSET);
  rowKey = mix(base + GOLDEN);
  fillerKey = mix(base + 2 * GOLDEN);
  fillTable(TABLE_1, mix(base + 3 * GOLDEN));
  fillTable(TABLE_2, mix(base + 4 * GOLDEN));
  blockShift = u64(ctz(block));
  fullBlocks = u64(full);
  uniqueBlocks = u64(unique);
  periodBytes = min(block, MAX_PERIOD_BYTES);
  compressMilli = compress;
}

/**
 * Writes the rows that hold the bytes from `offset` on to `target`, and returns the address of the byte at `offset`.
 * Whole rows are written: `target` needs room from the row's begin before `offset` to the row's end after the last byte.
 */
export function generate(target: usize, offset: f64, length: u32): usize {
  const first = u64(offset);
  const end = (first + u64(length) + (ROW_BYTES - 1)) & ~(ROW_BYTES - 1);
  let position = first & ~(ROW_BYTES - 1);
  let write = target;
  while (position < end) {
    const block = position >> blockShift;
    const unique = block < fullBlocks ? block % uniqueBlocks : uniqueBlocks;
    const from = position - (block << blockShift);
    const to = min(u64(1) << blockShift, from + (end - position));
    fillBlock(write, unique, u32(from), u32(to));
    write += usize(to - from);
    position += to - from;
  }
  return target + usize(first & (ROW_BYTES - 1));
}

function fillTable(table: usize, key: u64): void {
  let counter = key;
  for (let i: u32 = 0; i < TABLE_WORDS; i++) {
    counter += GOLDEN;
    store<u64>(table + (usize(i) << 3), mix(counter));
  }
}

/** Bytes `from` up to `to` of a unique block, period by period: first its quota of random words, then the filler. */
function fillBlock(target: usize, unique: u64, from: u32, to: u32): void {
  const firstRow = (unique << blockShift) / ROW_BYTES;
  const period = periodBytes;
  const filler = mix(fillerKey + (unique + 1) * GOLDEN);
  let start = from - (from % period);
  let quotaBefore = quota(start);
  let position = from;
  while (position < to) {
    const quotaThrough = quota(start + period);
    const randomEnd = start + ((quotaThrough - quotaBefore) << 3);
    const end = min(to, start + period);
    const rowsEnd = min(end, (randomEnd + 127) & ~127);
    const write = target + (position - from);
    if (position < rowsEnd) fillRows(write, firstRow + (position >> 7), (rowsEnd - position) >> 7);
    const fillerStart = max(position, randomEnd);
    if (fillerStart < end) fillWords(target + (fillerStart - from), target + (end - from), filler);
    quotaBefore = quotaThrough;
    start += period;
    position = end;
  }
}

/** How many random words the first `bytes` of a block have: below 2^21 words, so the product fits 32 bits. */
function quota(bytes: u32): u32 {
  return ((bytes >>> 3) * 1000) / compressMilli;
}

function fillRows(target: usize, firstRow: u64, rows: u32): void {
  let counter = rowKey + firstRow * GOLDEN;
  let write = target;
  const end = target + (usize(rows) << 7);
  while (write < end) {
    counter += GOLDEN;
    const key = mix(counter);
    const pair = i64x2.splat(key);
    const pick = key * GOLDEN;
    const one = TABLE_1 + (usize(pick >>> 55) << 4);
    const two = TABLE_2 + (usize((pick >>> 46) & 511) << 4);
    v128.store(write, v128.xor(i64x2.add(v128.load(one), pair), v128.load(two)));
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 16), pair), v128.load(two, 16)), 16);
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 32), pair), v128.load(two, 32)), 32);
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 48), pair), v128.load(two, 48)), 48);
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 64), pair), v128.load(two, 64)), 64);
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 80), pair), v128.load(two, 80)), 80);
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 96), pair), v128.load(two, 96)), 96);
    v128.store(write, v128.xor(i64x2.add(v128.load(one, 112), pair), v128.load(two, 112)), 112);
    write += 128;
  }
}

/** Fills whole words. `end` is the end of a row, so only the first word can be a lone one. */
function fillWords(start: usize, end: usize, word: u64): void {
  let write = start;
  if (((end - write) & 8) !== 0) {
    store<u64>(write, word);
    write += 8;
  }
  const pair = i64x2.splat(word);
  while (((end - write) & 127) !== 0) {
    v128.store(write, pair);
    write += 16;
  }
  while (write < end) {
    v128.store(write, pair);
    v128.store(write, pair, 16);
    v128.store(write, pair, 32);
    v128.store(write, pair, 48);
    v128.store(write, pair, 64);
    v128.store(write, pair, 80);
    v128.store(write, pair, 96);
    v128.store(write, pair, 112);
    write += 128;
  }
}
