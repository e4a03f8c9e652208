// biome-ignore-all lint/correctness/noPrecisionLoss: this is AssemblyScript, whose literals have 64 bits

/**
 * CRC-64/NVME (reflected polynomial 0x9a6c9329ac4bc9b5), 16 bytes a step by tables of what each
 * byte adds ("slicing"). Compiled by scripts/build-wasm.mjs.
 */

const POLYNOMIAL: u64 = 0x9a6c9329ac4bc9b5;
const SLICES: u32 = 16;
const TABLE_BYTES: usize = 256 * 8;

/** Where the caller puts its bytes: behind the tables. */
export const INPUT: usize = 64 << 10;

/** Fills the tables. Called once, before all else. */
export function prepare(): void {
  for (let byte: u64 = 0; byte < 256; byte++) {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = (value >>> 1) ^ (POLYNOMIAL & (0 - (value & 1)));
    store<u64>((<usize>byte) << 3, value);
  }
  for (let index: usize = 256; index < 256 * <usize>SLICES; index++) {
    const before = load<u64>((index - 256) << 3);
    store<u64>(index << 3, (before >>> 8) ^ load<u64>((<usize>(before & 0xff)) << 3));
  }
}

function slice(table: usize, word: u64, byte: u64): u64 {
  return load<u64>(table * TABLE_BYTES + ((<usize>((word >> (byte << 3)) & 0xff)) << 3));
}

/** The raw (not inverted) value after the first `byteLength` bytes of the input. */
export function update(value: u64, byteLength: usize): u64 {
  let address = INPUT;
  const end = INPUT + byteLength;
  for (; address + 16 <= end; address += 16) {
    const low = load<u64>(address) ^ value;
    const high = load<u64>(address, 8);
    value =
      slice(15, low, 0) ^
      slice(14, low, 1) ^
      slice(13, low, 2) ^
      slice(12, low, 3) ^
      slice(11, low, 4) ^
      slice(10, low, 5) ^
      slice(9, low, 6) ^
      slice(8, low, 7) ^
      slice(7, high, 0) ^
      slice(6, high, 1) ^
      slice(5, high, 2) ^
      slice(4, high, 3) ^
      slice(3, high, 4) ^
      slice(2, high, 5) ^
      slice(1, high, 6) ^
      slice(0, high, 7);
  }
  for (; address < end; address++)
    value = (value >>> 8) ^ load<u64>((<usize>((value ^ load<u8>(address)) & 0xff)) << 3);
  return value;
}
