// Recipe version 1 a second time, word by word after docs/recipe-v1.md, sharing no code with the package.

const MASK = (1n << 64n) - 1n;
const G = 0x9e3779b97f4a7c15n;

export interface ReferenceRecipe {
  readonly seed: bigint;
  readonly size: number;
  readonly blockSize: number;
  readonly dedup: number;
  readonly compress: number;
}

export function mix(value: bigint): bigint {
  let z = value & MASK;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK;
  return z ^ (z >> 31n);
}

export function subKeys(seed: bigint): { h: bigint; K: bigint; F: bigint; A: bigint; B: bigint } {
  const h = mix(seed + 0x536c756963652031n);
  return { h, K: mix(h + G), F: mix(h + 2n * G), A: mix(h + 3n * G), B: mix(h + 4n * G) };
}

export function tableWord(tableKey: bigint, index: bigint): bigint {
  return mix(tableKey + (index + 1n) * G);
}

export function objectSeed(datasetSeed: bigint, index: bigint): bigint {
  return mix(mix(datasetSeed + 0x64617461736574n) + (index + 1n) * G);
}

function uniqueFullBlocks({ size, blockSize, dedup }: ReferenceRecipe): bigint {
  const full = BigInt(size) / BigInt(blockSize);
  const D = BigInt(Math.round(dedup * 1000));
  if (full === 0n) return 0n;
  const rounded = (full * 1000n + D / 2n) / D;
  return rounded < 1n ? 1n : rounded;
}

/** Bytes `offset` up to `offset + length`. */
export function referenceBytes(recipe: ReferenceRecipe, offset: number, length: number): Uint8Array {
  return bytesOf(referenceWords(recipe), offset, length);
}

/** Bytes `offset` up to `offset + length` of an object whose 64-bit words, least byte first, `wordAt` gives. */
export function bytesOf(wordAt: (index: bigint) => bigint, offset: number, length: number): Uint8Array {
  const bytes = new Uint8Array(length);
  let wordIndex = -1n;
  let word = 0n;
  for (let i = 0; i < length; i++) {
    const position = BigInt(offset) + BigInt(i);
    if (position >> 3n !== wordIndex) {
      wordIndex = position >> 3n;
      word = wordAt(wordIndex);
    }
    bytes[i] = Number((word >> (8n * (position & 7n))) & 0xffn);
  }
  return bytes;
}

function referenceWords(recipe: ReferenceRecipe): (index: bigint) => bigint {
  const { K, F, A, B } = subKeys(recipe.seed);
  const blockWords = BigInt(recipe.blockSize) / 8n;
  const periodWords = blockWords < 512n ? blockWords : 512n;
  const full = BigInt(recipe.size) / BigInt(recipe.blockSize);
  const unique = uniqueFullBlocks(recipe);
  const C = BigInt(Math.round(recipe.compress * 1000));
  return (index) => {
    const block = index / blockWords;
    const id = block < full ? block % unique : unique;
    const inBlock = index % blockWords;
    const period = inBlock / periodWords;
    const quota = ((period + 1n) * periodWords * 1000n) / C - (period * periodWords * 1000n) / C;
    if (inBlock % periodWords >= quota) return mix(F + (id + 1n) * G);
    const uniqueWord = id * blockWords + inBlock;
    const row = uniqueWord / 16n;
    const j = uniqueWord % 16n;
    const k = mix(K + (row + 1n) * G);
    const pick = (k * G) & MASK;
    const a = pick >> 55n;
    const b = (pick >> 46n) & 511n;
    return ((tableWord(A, 2n * a + j) + k) & MASK) ^ tableWord(B, 2n * b + j);
  };
}
