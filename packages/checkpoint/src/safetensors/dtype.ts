import { endianness } from "node:os";
import { ObjectStoreError } from "@sluice/core";

/** An element type of safetensors, as far as it is known here; files may have others. */
export type Dtype =
  | ("BOOL" | "F4" | "F6_E2M3" | "F6_E3M2" | "U8" | "I8")
  | ("F8_E5M2" | "F8_E4M3" | "F8_E8M0" | "F8_E4M3FNUZ" | "F8_E5M2FNUZ")
  | ("I16" | "U16" | "F16" | "BF16" | "I32" | "U32" | "F32" | "C64" | "F64" | "I64" | "U64");

/** The typed arrays that tensors come as and are made of. */
export type TensorArray =
  | Uint8Array
  | Int8Array
  | Int16Array
  | Uint16Array
  | Int32Array
  | Uint32Array
  | Float32Array
  | Float64Array
  | BigInt64Array
  | BigUint64Array;

type TensorArrayClass = new (buffer: ArrayBufferLike, byteOffset: number, length: number) => TensorArray;

interface DtypeFacts {
  readonly bits: number;
  /**
   * JavaScript has no 8- and 16-bit floats of these kinds: their bits come as unsigned integers. Elements of 4 and 6 bits come as the bytes
   * they are packed into, complex ones as real and imaginary parts in turn.
   */
  readonly array: TensorArrayClass & { readonly BYTES_PER_ELEMENT: number };
}

const FACTS: Readonly<Record<Dtype, DtypeFacts>> = {
  BOOL: { bits: 8, array: Uint8Array },
  F4: { bits: 4, array: Uint8Array },
  F6_E2M3: { bits: 6, array: Uint8Array },
  F6_E3M2: { bits: 6, array: Uint8Array },
  U8: { bits: 8, array: Uint8Array },
  I8: { bits: 8, array: Int8Array },
  F8_E5M2: { bits: 8, array: Uint8Array },
  F8_E4M3: { bits: 8, array: Uint8Array },
  F8_E8M0: { bits: 8, array: Uint8Array },
  F8_E4M3FNUZ: { bits: 8, array: Uint8Array },
  F8_E5M2FNUZ: { bits: 8, array: Uint8Array },
  I16: { bits: 16, array: Int16Array },
  U16: { bits: 16, array: Uint16Array },
  F16: { bits: 16, array: Uint16Array },
  BF16: { bits: 16, array: Uint16Array },
  I32: { bits: 32, array: Int32Array },
  U32: { bits: 32, array: Uint32Array },
  F32: { bits: 32, array: Float32Array },
  C64: { bits: 64, array: Float32Array },
  F64: { bits: 64, array: Float64Array },
  I64: { bits: 64, array: BigInt64Array },
  U64: { bits: 64, array: BigUint64Array },
};

/** In the order of the alignment rule: that of the enum `Dtype` of the reference implementation, huggingface/safetensors 0.8. */
export const DTYPES: readonly Dtype[] = Object.keys(FACTS) as Dtype[];

/** The element type of an array that names it by its class; where several have one class, the plain number. */
const BY_CLASS: ReadonlyMap<unknown, Dtype> = new Map<unknown, Dtype>([
  [Uint8Array, "U8"],
  [Int8Array, "I8"],
  [Int16Array, "I16"],
  [Uint16Array, "U16"],
  [Int32Array, "I32"],
  [Uint32Array, "U32"],
  [Float32Array, "F32"],
  [Float64Array, "F64"],
  [BigInt64Array, "I64"],
  [BigUint64Array, "U64"],
]);

export function isDtype(text: unknown): text is Dtype {
  return DTYPES.includes(text as Dtype);
}

/** Bits of one element: 4 and 6 are packed. */
export function dtypeBits(dtype: Dtype): number {
  return FACTS[dtype].bits;
}

export function dtypeOf(array: TensorArray): Dtype | undefined {
  return array instanceof Buffer ? "U8" : BY_CLASS.get(array.constructor);
}

/** Whether elements of `dtype` come as arrays of this class, or as plain bytes. */
export function fits(array: TensorArray, dtype: Dtype): boolean {
  return array instanceof Uint8Array || array instanceof FACTS[dtype].array;
}

/** Bytes as an array of the element type; copied only where they are not aligned. Unsupported on big-endian machines. */
export function asTensorArray(bytes: Uint8Array, dtype: Dtype): TensorArray {
  checkEndianness();
  const { array } = FACTS[dtype];
  const aligned = bytes.byteOffset % array.BYTES_PER_ELEMENT === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer, aligned.byteOffset, aligned.byteLength / array.BYTES_PER_ELEMENT);
}

/** The format is little-endian, and so are typed arrays on every machine that Node is published for but s390x. */
export function checkEndianness(): void {
  if (endianness() === "LE") return;
  throw new ObjectStoreError("Unsupported", "safetensors is read and written on little-endian machines only", {
    operation: "safetensors",
  });
}
