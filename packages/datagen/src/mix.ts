const MASK_64 = 0xffffffffffffffffn;

/** The increment of every counter: 2^64 ÷ the golden ratio, as in splitmix64. */
export const GOLDEN = 0x9e3779b97f4a7c15n;

/**
 * The finalizer of splitmix64: a bijection of 64-bit words that scatters neighbours.
 * Source: Steele, Lea, Flood, "Fast splittable pseudorandom number generators", OOPSLA 2014, variant 13 of Stafford.
 */
export function mix(value: bigint): bigint {
  let z = value & MASK_64;
  z = ((z ^ (z >> 30n)) * 0xbf58476d1ce4e5b9n) & MASK_64;
  z = ((z ^ (z >> 27n)) * 0x94d049bb133111ebn) & MASK_64;
  return z ^ (z >> 31n);
}
