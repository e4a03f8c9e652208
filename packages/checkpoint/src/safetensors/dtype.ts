import { endianness } from "node:os";
import { ObjectStoreError } from "@sluice/core";

/** An element type of safetensors. */
export type Dtype =
  | ("BOOL" | "U8" | "I8" | "F8_E5M2" | "F8_E4M3" | "I16" | "U16" | "F16" | "BF16")
  | ("I32" | "U32" | "F32" | "F64" | "I64" | "U64");

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
  readonly bytes: number;
  /** JavaScript has no 8- and 16-bit floats of these kinds: their bits come as unsigned integers. */
  readonly array: TensorArrayClass;
}

const FACTS: Readonly<Record<Dtype, DtypeFacts>> = {
  BOOL: { bytes: 1, array: Uint8Array },
  U8: { bytes: 1, array: Uint8Array },
  I8: { bytes: 1, array: Int8Array },
  F8_E5M2: { bytes: 1, array: Uint8Array },
  F8_E4M3: { bytes: 1, array: Uint8Array },
  I16: { bytes: 2, array: Int16Array },
  U16: { bytes: 2, array: Uint16Array },
  F16: { bytes: 2, array: Uint16Array },
  BF16: { bytes: 2, array: Uint16Array },
  I32: { bytes: 4, array: Int32Array },
  U32: { bytes: 4, array: Uint32Array },
  F32: { bytes: 4, array: Float32Array },
  F64: { bytes: 8, array: Float64Array },
  I64: { bytes: 8, array: BigInt64Array },
  U64: { bytes: 8, array: BigUint64Array },
};

/** In the order of the alignment rule: that of the enum `Dtype` of the reference implementation. */
export const DTYPES: readonly Dtype[] = Object.keys(FACTS) as Dtype[];

/** The element type of an array that names it by its class; where several have one class, the plain integer. */
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

/** Bytes of one element. */
export function dtypeBytes(dtype: Dtype): number {
  return FACTS[dtype].bytes;
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
  const { array, bytes: elementBytes } = FACTS[dtype];
  const aligned = bytes.byteOffset % elementBytes === 0 ? bytes : new Uint8Array(bytes);
  return new array(aligned.buffer, aligned.byteOffset, aligned.byteLength / elementBytes);
}

/** The format is little-endian, and so are typed arrays on every machine that Node is published for but s390x. */
export function checkEndianness(): void {
  if (endianness() === "LE") return;
  throw new ObjectStoreError("Unsupported", "safetensors is read and written on little-endian machines only", {
    operation: "safetensors",
  });
}
