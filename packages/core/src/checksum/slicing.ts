/** Castagnoli's polynomial, bits reversed (RFC 3720, section 12.1). */
export const CASTAGNOLI = 0x82f63b78;

let tables: readonly Uint32Array[] | undefined;

/** CRC-32C in plain JavaScript, eight bytes a step ("slicing-by-8"), for machines without the native module. */
export function slicingCrc32c(data: Uint8Array, previous = 0): number {
  tables ??= makeTables();
  const [t0, t1, t2, t3, t4, t5, t6, t7] = tables as unknown as [
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
    Uint32Array,
  ];
  const at = (table: Uint32Array, index: number): number => table[index] as number;
  const byte = (index: number): number => data[index] as number;
  let crc = ~previous;
  let offset = 0;
  for (; offset + 8 <= data.length; offset += 8) {
    crc ^= byte(offset) | (byte(offset + 1) << 8) | (byte(offset + 2) << 16) | (byte(offset + 3) << 24);
    crc =
      at(t7, crc & 255) ^
      at(t6, (crc >>> 8) & 255) ^
      at(t5, (crc >>> 16) & 255) ^
      at(t4, crc >>> 24) ^
      at(t3, byte(offset + 4)) ^
      at(t2, byte(offset + 5)) ^
      at(t1, byte(offset + 6)) ^
      at(t0, byte(offset + 7));
  }
  for (; offset < data.length; offset++) crc = at(t0, (crc ^ byte(offset)) & 255) ^ (crc >>> 8);
  return ~crc >>> 0;
}

/** Table n holds the CRC of a byte followed by n zero bytes. */
function makeTables(): Uint32Array[] {
  const first = new Uint32Array(256);
  for (let byte = 0; byte < 256; byte++) {
    let crc = byte;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 1) === 1 ? (crc >>> 1) ^ CASTAGNOLI : crc >>> 1;
    first[byte] = crc;
  }
  const all = [first];
  for (let zeros = 1; zeros < 8; zeros++) {
    const before = all[zeros - 1] as Uint32Array;
    all.push(before.map((crc) => (first[crc & 255] as number) ^ (crc >>> 8)));
  }
  return all;
}
