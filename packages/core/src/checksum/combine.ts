import { CASTAGNOLI } from "./slicing.js";

/**
 * The CRC-32C of two byte strings joined, from the CRC of each and the length of the second. Polynomials are multiplied
 * modulo Castagnoli's, as zlib's crc32_combine does; a call costs a few microseconds for any length.
 */
export function combineCrc32c(first: number, second: number, secondBytes: number): number {
  return (multiply(powerOfX(secondBytes), first) ^ second) >>> 0;
}

/** x^(8 · byteLength) modulo the polynomial; bit 31 is the coefficient of x^0. */
function powerOfX(byteLength: number): number {
  let product = 0x80000000;
  let rest = byteLength;
  for (let exponent = 3; rest > 0; exponent++) {
    if (rest % 2 === 1) product = multiply(squareChain(exponent), product);
    rest = Math.floor(rest / 2);
  }
  return product;
}

const squares: number[] = [0x40000000];

/** x^(2^exponent) modulo the polynomial, each the square of the one before. */
function squareChain(exponent: number): number {
  while (squares.length <= exponent) {
    const last = squares[squares.length - 1] as number;
    squares.push(multiply(last, last));
  }
  return squares[exponent] as number;
}

function multiply(first: number, second: number): number {
  let product = 0;
  let shifted = second;
  for (let mask = 0x80000000; mask !== 0; mask >>>= 1) {
    if ((first & mask) !== 0) product ^= shifted;
    shifted = (shifted & 1) === 1 ? (shifted >>> 1) ^ CASTAGNOLI : shifted >>> 1;
  }
  return product >>> 0;
}
