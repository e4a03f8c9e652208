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

/** What `configure` leaves at `state` for `generate`: keys and counts, then the two tables. Page aligned it fits 17 KiB. */
@unmanaged
class State {
  rowKey: u64;
  fillerKey: u64;
  fullBlocks: u64;
  uniqueBlocks: u64;
  blockShift: u64;
  periodBytes: u32;
  compressMilli: u32;
}
const TABLE_1: usize = 64;
const TABLE_2: usize = 64 + 8320;
const STATE_BYTES: usize = 64 + 2 * 8320;

function mix(value: u64): u64 {
  let z = value;
  z = (z ^ (z >>> 30)) * 0xbf58476d1ce4e5b9;
  z = (z ^ (z >>> 27)) * 0x94d049bb133111eb;
  return z ^ (z >>> 31);
}

/** How many bytes the state needs, 16-byte aligned. */
export function stateBytes(): usize {
  return STATE_BYTES;
}

/** Sets the recipe. Counts come as f64: they are whole numbers below 2^53, and no BigInt is made for them. */
export function configure(address: usize, seed: u64, block: u32, full: f64, unique: f64, compress: u32): void {
  const state = changetype<State>(address);
  const base = mix(seed + SEED_OFFSET);
  state.rowKey = mix(base + GOLDEN);
  state.fillerKey = mix(base + 2 * GOLDEN);
  fillTable(address + TABLE_1, mix(base + 3 * GOLDEN));
  fillTable(address + TABLE_2, mix(base + 4 * GOLDEN));
  state.blockShift = u64(ctz(block));
  state.fullBlocks = u64(full);
  state.uniqueBlocks = u64(unique);
  state.periodBytes = min(block, MAX_PERIOD_BYTES);
  state.compressMilli = compress;
}

/**
 * Writes the rows that hold the bytes from `offset` on to `target`, and returns the address of the byte at `offset`.
 * Whole rows are written: `target` needs room from the row's begin before `offset` to the row's end after the last byte.
 */
export function generate(address: usize, target: usize, offset: f64, length: u32): usize {
  const state = changetype<State>(address);
  const first = u64(offset);
  const end = (first + u64(length) + (ROW_BYTES - 1)) & ~(ROW_BYTES - 1);
  let position = first & ~(ROW_BYTES - 1);
  let write = target;
  while (position < end) {
    const block = position >> state.blockShift;
    const unique = block < state.fullBlocks ? block % state.uniqueBlocks : state.uniqueBlocks;
    const from = position - (block << state.blockShift);
    const to = min(u64(1) << state.blockShift, from + (end - position));
    fillBlock(state, write, unique, u32(from), u32(to));
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
function fillBlock(state: State, target: usize, unique: u64, from: u32, to: u32): void {
  const firstRow = (unique << state.blockShift) / ROW_BYTES;
  const period = state.periodBytes;
  const compressMilli = state.compressMilli;
  const filler = mix(state.fillerKey + (unique + 1) * GOLDEN);
  let start = from - (from % period);
  let quotaBefore = quota(start, compressMilli);
  let position = from;
  while (position < to) {
    const quotaThrough = quota(start + period, compressMilli);
    const randomEnd = start + ((quotaThrough - quotaBefore) << 3);
    const end = min(to, start + period);
    const rowsEnd = min(end, (randomEnd + 127) & ~127);
    const write = target + (position - from);
    if (position < rowsEnd) fillRows(state, write, firstRow + (position >> 7), (rowsEnd - position) >> 7);
    const fillerStart = max(position, randomEnd);
    if (fillerStart < end) fillWords(target + (fillerStart - from), target + (end - from), filler);
    quotaBefore = quotaThrough;
    start += period;
    position = end;
  }
}

/** How many random words the first `bytes` of a block have: below 2^21 words, so the product fits 32 bits. */
function quota(bytes: u32, compressMilli: u32): u32 {
  return ((bytes >>> 3) * 1000) / compressMilli;
}

function fillRows(state: State, target: usize, firstRow: u64, rows: u32): void {
  const table1 = changetype<usize>(state) + TABLE_1;
  const table2 = changetype<usize>(state) + TABLE_2;
  let counter = state.rowKey + firstRow * GOLDEN;
  let write = target;
  const end = target + (usize(rows) << 7);
  while (write < end) {
    counter += GOLDEN;
    const key = mix(counter);
    const pair = i64x2.splat(key);
    const pick = key * GOLDEN;
    const one = table1 + (usize(pick >>> 55) << 4);
    const two = table2 + (usize((pick >>> 46) & 511) << 4);
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
