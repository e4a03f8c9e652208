// biome-ignore-all lint/correctness/noPrecisionLoss: this is AssemblyScript, whose literals have 64 bits

/**
 * The generator of recipe versions 1 and 2 (docs/recipe-v1.md, docs/recipe-v2.md), compiled by scripts/build-wasm.mjs. Names
 * follow those pages.
 * Addresses are plain pointers, so that memory handed in can be filled as well as the scratch area.
 */

const GOLDEN: u64 = 0x9e3779b97f4a7c15;
const SEED_OFFSET: u64 = 0x536c756963652030;
const SECOND_MULTIPLIER: u64 = 0xd6e8feb86659fd93;
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
  version: u32;
  /** Of the tail, rounded up to whole words; in version 1, which does not look at it, a whole block. */
  tailBytes: u32;
  tailId: u64;
  /** Of version 2: where the object's blocks begin in its scope, and how unique blocks are laid out there. */
  firstBlock: u64;
  copies: u64;
  longBlocks: u64;
  isNear: bool;
}
const TABLE_1: usize = 128;
const TABLE_2: usize = 128 + 8320;
const STATE_BYTES: usize = 128 + 2 * 8320;

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

/** Sets the keys and the tables. */
export function seed(address: usize, version: u32, seed: u64): void {
  const state = changetype<State>(address);
  const base = mix(seed + SEED_OFFSET + version);
  state.version = version;
  state.rowKey = mix(base + GOLDEN);
  state.fillerKey = mix(base + 2 * GOLDEN);
  fillTable(address + TABLE_1, mix(base + 3 * GOLDEN));
  fillTable(address + TABLE_2, mix(base + 4 * GOLDEN));
}

/** Sets the factors; counts come as f64: they are whole numbers below 2^53, and no BigInt is made for them. */
export function configure(address: usize, block: u32, full: f64, compress: u32): void {
  const state = changetype<State>(address);
  state.blockShift = u64(ctz(block));
  state.fullBlocks = u64(full);
  state.periodBytes = min(block, MAX_PERIOD_BYTES);
  state.compressMilli = compress;
}

/**
 * Sets which unique block lies where: the object's blocks are those from `first` on of a scope of `scope` blocks, of which
 * `unique` are unique; copies lie as far apart as they can, or side by side. The tail has an id and a length of its own.
 */
export function place(
  address: usize,
  first: f64,
  scope: f64,
  unique: f64,
  near: bool,
  tail: f64,
  tailBytes: u32,
): void {
  const state = changetype<State>(address);
  state.firstBlock = u64(first);
  state.uniqueBlocks = u64(unique);
  state.isNear = near;
  state.copies = unique > 0 ? u64(scope) / u64(unique) : 1;
  state.longBlocks = unique > 0 ? (u64(scope) % u64(unique)) * (state.copies + 1) : 0;
  state.tailId = u64(tail);
  state.tailBytes = tailBytes;
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
    const isTail = block >= state.fullBlocks;
    const unique = isTail ? state.tailId : uniqueBlock(state, state.firstBlock + block);
    const quotaBytes = isTail ? state.tailBytes : u32(1) << u32(state.blockShift);
    const from = position - (block << state.blockShift);
    const to = min(u64(1) << state.blockShift, from + (end - position));
    fillBlock(state, write, unique, quotaBytes, u32(from), u32(to));
    write += usize(to - from);
    position += to - from;
  }
  return target + usize(first & (ROW_BYTES - 1));
}

/** The unique block at a place of the scope. Near copies: the first blocks have one copy more than the others. */
function uniqueBlock(state: State, block: u64): u64 {
  if (!state.isNear) return block % state.uniqueBlocks;
  if (block < state.longBlocks) return block / (state.copies + 1);
  return state.longBlocks / (state.copies + 1) + (block - state.longBlocks) / state.copies;
}

function fillTable(table: usize, key: u64): void {
  let counter = key;
  for (let i: u32 = 0; i < TABLE_WORDS; i++) {
    counter += GOLDEN;
    store<u64>(table + (usize(i) << 3), mix(counter));
  }
}

/** Bytes `from` up to `to` of a unique block, period by period: first its quota of random words, then the filler. */
function fillBlock(state: State, target: usize, unique: u64, quotaBytes: u32, from: u32, to: u32): void {
  const firstRow = (unique << state.blockShift) / ROW_BYTES;
  const period = state.periodBytes;
  const compressMilli = state.compressMilli;
  const filler = mix(state.fillerKey + (unique + 1) * GOLDEN);
  let start = from - (from % period);
  let quotaBefore = quota(start, compressMilli);
  let position = from;
  while (position < to) {
    const quotaThrough = quota(min(start + period, quotaBytes), compressMilli);
    const randomEnd = start + ((quotaThrough - quotaBefore) << 3);
    const end = min(to, start + period);
    const rowsEnd = min(end, (randomEnd + 127) & ~127);
    const write = target + (position - from);
    if (position < rowsEnd) {
      const row = firstRow + (position >> 7);
      const rows = (rowsEnd - position) >> 7;
      if (state.version === 1) fillRows(state, write, row, rows);
      else fillRows2(state, write, row, rows);
    }
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

/** The rows of version 2: a second key and a third table word for each row, which version 1 has not. */
function fillRows2(state: State, target: usize, firstRow: u64, rows: u32): void {
  const table1 = changetype<usize>(state) + TABLE_1;
  const table2 = changetype<usize>(state) + TABLE_2;
  let counter = state.rowKey + firstRow * GOLDEN;
  let write = target;
  const end = target + (usize(rows) << 7);
  while (write < end) {
    counter += GOLDEN;
    const key = mix(counter);
    const pick = key * GOLDEN;
    const one = table1 + (usize(pick >>> 55) << 4);
    const two = table2 + (usize((pick >>> 46) & 511) << 4);
    const three = table1 + (usize((pick >>> 37) & 511) << 4);
    const first = i64x2.splat(key);
    const second = i64x2.splat((pick ^ (pick >>> 32)) * SECOND_MULTIPLIER);
    v128.store(write, word2(v128.load(one), v128.load(two), v128.load(three), first, second));
    v128.store(write, word2(v128.load(one, 16), v128.load(two, 16), v128.load(three, 16), first, second), 16);
    v128.store(write, word2(v128.load(one, 32), v128.load(two, 32), v128.load(three, 32), first, second), 32);
    v128.store(write, word2(v128.load(one, 48), v128.load(two, 48), v128.load(three, 48), first, second), 48);
    v128.store(write, word2(v128.load(one, 64), v128.load(two, 64), v128.load(three, 64), first, second), 64);
    v128.store(write, word2(v128.load(one, 80), v128.load(two, 80), v128.load(three, 80), first, second), 80);
    v128.store(write, word2(v128.load(one, 96), v128.load(two, 96), v128.load(three, 96), first, second), 96);
    v128.store(write, word2(v128.load(one, 112), v128.load(two, 112), v128.load(three, 112), first, second), 112);
    write += 128;
  }
}

// @ts-expect-error: a decorator of AssemblyScript's
function word2(one: v128, two: v128, three: v128, first: v128, second: v128): v128 {
  return v128.xor(i64x2.add(v128.xor(one, three), first), i64x2.add(two, second));
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
