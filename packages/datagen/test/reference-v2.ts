// Recipe version 2 a second time, word by word after docs/recipe-v2.md, sharing no code with the package.
import { bytesOf, mix, tableWord } from "./reference.js";

const MASK = (1n << 64n) - 1n;
const G = 0x9e3779b97f4a7c15n;

export interface ReferenceRecipe2 {
  readonly seed: bigint;
  readonly size: number;
  readonly blockSize: number;
  readonly dedup: number;
  readonly compress: number;
  readonly placement: "far" | "near";
  readonly scope?: { readonly blocks: number; readonly firstBlock: number; readonly index: number };
}

/** The unique id of every full block of a scope, one copy after the other as the page has it. */
export function referenceIds(blocks: bigint, unique: bigint, placement: "far" | "near", block: bigint): bigint {
  if (placement === "far") return block % unique;
  const copies = blocks / unique;
  const more = blocks % unique;
  const long = more * (copies + 1n);
  return block < long ? block / (copies + 1n) : more + (block - long) / copies;
}

/** Bytes `offset` up to `offset + length`. */
export function referenceBytes2(recipe: ReferenceRecipe2, offset: number, length: number): Uint8Array {
  return bytesOf(referenceWords2(recipe), offset, length);
}

function referenceWords2(recipe: ReferenceRecipe2): (index: bigint) => bigint {
  const h = mix(recipe.seed + 0x536c756963652032n);
  const [K, F, A, B] = [1n, 2n, 3n, 4n].map((n) => mix(h + n * G)) as [bigint, bigint, bigint, bigint];
  const size = BigInt(recipe.size);
  const blockBytes = BigInt(recipe.blockSize);
  const full = size / blockBytes;
  const { blocks, firstBlock, index: number } = recipe.scope ?? { blocks: full, firstBlock: 0, index: 0 };
  const D = BigInt(Math.round(recipe.dedup * 1000));
  const C = BigInt(Math.round(recipe.compress * 1000));
  const rounded = (BigInt(blocks) * 1000n + D / 2n) / D;
  const unique = BigInt(blocks) === 0n ? 0n : rounded < 1n ? 1n : rounded;
  const blockWords = blockBytes / 8n;
  const periodWords = blockWords < 512n ? blockWords : 512n;
  return (index) => {
    const block = index / blockWords;
    const isTail = block >= full;
    const id = isTail
      ? unique + BigInt(number)
      : referenceIds(BigInt(blocks), unique, recipe.placement, BigInt(firstBlock) + block);
    const words = isTail ? ((size % blockBytes) + 7n) / 8n : blockWords;
    const inBlock = index % blockWords;
    const start = (inBlock / periodWords) * periodWords;
    const end = start + periodWords < words ? start + periodWords : words;
    const quota = (end * 1000n) / C - (start * 1000n) / C;
    if (inBlock - start >= quota) return mix(F + (id + 1n) * G);
    const uniqueWord = id * blockWords + inBlock;
    const k = mix(K + (uniqueWord / 16n + 1n) * G);
    const j = uniqueWord % 16n;
    const p = (k * G) & MASK;
    const m = ((p ^ (p >> 32n)) * 0xd6e8feb86659fd93n) & MASK;
    const one = tableWord(A, 2n * (p >> 55n) + j);
    const two = tableWord(B, 2n * ((p >> 46n) & 511n) + j);
    const three = tableWord(A, 2n * ((p >> 37n) & 511n) + j);
    return (((one ^ three) + k) & MASK) ^ ((two + m) & MASK);
  };
}
