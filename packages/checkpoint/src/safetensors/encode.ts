import { checkOptions, ObjectStoreError } from "@sluice/core";
import { checkEndianness, DTYPES, type Dtype, dtypeBits, dtypeOf, fits, isDtype, type TensorArray } from "./dtype.js";
import { MAX_HEADER_BYTES, PREFIX_BYTES } from "./header.js";

/** A tensor to be written. */
export interface TensorSource {
  readonly data: TensorArray;
  /** Row-major. Default: one dimension, all elements. */
  readonly shape?: readonly number[];
  /** Default: that of the array's class. To be given for BOOL, F16, BF16, C64 and floats of 8 bits and less, which have no class. */
  readonly dtype?: Dtype;
}

export interface EncodeSafetensorsOptions {
  /** Texts by name, kept in the file. */
  readonly metadata?: Readonly<Record<string, string>>;
}

/** A safetensors file as chunks, ready to be put or saved: the header, then each tensor's own memory, which is not copied. */
export interface EncodedSafetensors extends Iterable<Uint8Array> {
  readonly byteLength: number;
}

interface PlacedTensor {
  readonly name: string;
  readonly dtype: Dtype;
  readonly shape: readonly number[];
  readonly bytes: Uint8Array;
}

/** The name that is not a tensor's. */
const METADATA = "__metadata__";

/**
 * Named typed arrays as a safetensors file, with the bytes of the reference implementation: tensors with larger elements come first,
 * those of one type by name, and the header is padded so that data begins at a multiple of 8. InvalidArgument for what can't
 * be in such a file.
 */
export function encodeSafetensors(
  tensors: Readonly<Record<string, TensorSource>>,
  options: EncodeSafetensorsOptions = {},
): EncodedSafetensors {
  checkEndianness();
  checkOptions(options, ["metadata"], "encodeSafetensors");
  if (typeof tensors !== "object" || tensors === null) throw refusal("", "tensors must be given by their names");
  const placed = Object.entries(tensors).map(([name, source]) => place(name, source));
  placed.sort(
    (a, b) =>
      DTYPES.indexOf(b.dtype) - DTYPES.indexOf(a.dtype) || Buffer.compare(Buffer.from(a.name), Buffer.from(b.name)),
  );
  const header = encodeHeader(placed, options.metadata);
  const chunks = [header, ...placed.map(({ bytes }) => bytes)];
  const byteLength = chunks.reduce((sum, chunk) => sum + chunk.byteLength, 0);
  return { byteLength, [Symbol.iterator]: () => chunks.values() };
}

function place(name: string, source: TensorSource): PlacedTensor {
  if (name === METADATA) throw refusal(name, "this name is the metadata's");
  if (typeof source !== "object" || source === null || !ArrayBuffer.isView(source.data)) {
    throw refusal(name, "a tensor is { data, shape?, dtype? }, and data a typed array");
  }
  const { data, shape, dtype = dtypeOf(data) } = source;
  if (shape !== undefined && !Array.isArray(shape)) throw refusal(name, "shape must be a list of whole numbers");
  if (dtype === undefined) throw refusal(name, "data must be a typed array");
  if (!isDtype(dtype)) throw refusal(name, `unknown dtype ${JSON.stringify(dtype)} (known: ${DTYPES.join(", ")})`);
  if (!fits(data, dtype)) throw refusal(name, `a ${data.constructor.name} does not hold ${dtype}`);
  const bytes = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  const elements = (bytes.byteLength * 8) / dtypeBits(dtype);
  const dimensions = shape ?? [elements];
  const isCount = (size: unknown) => Number.isSafeInteger(size) && (size as number) >= 0;
  const expected = dimensions.reduce((product, size) => product * (isCount(size) ? size : Number.NaN), 1);
  if (elements !== expected)
    throw refusal(name, `${elements} elements of ${dtype} have no shape [${dimensions.join(", ")}]`);
  return { name, dtype, shape: dimensions, bytes };
}

function encodeHeader(
  tensors: readonly PlacedTensor[],
  metadata: Readonly<Record<string, string>> | undefined,
): Uint8Array {
  const wrong = Object.entries(metadata ?? {}).find(([, text]) => typeof text !== "string");
  if (wrong !== undefined) throw refusal(METADATA, `${JSON.stringify(wrong[0])} must be a text`);
  // Written entry by entry: an object would put names that look like numbers first.
  const entries = metadata === undefined ? [] : [`"${METADATA}":${JSON.stringify(metadata)}`];
  let end = 0;
  for (const { name, dtype, shape, bytes } of tensors) {
    const start = end;
    end += bytes.byteLength;
    entries.push(`${JSON.stringify(name)}:${JSON.stringify({ dtype, shape, data_offsets: [start, end] })}`);
  }
  const json = Buffer.from(`{${entries.join(",")}}`);
  const length = Math.ceil(json.byteLength / PREFIX_BYTES) * PREFIX_BYTES;
  if (length > MAX_HEADER_BYTES) throw refusal(METADATA, `the header would have more than ${MAX_HEADER_BYTES} bytes`);
  const header = Buffer.alloc(PREFIX_BYTES + length, " ");
  header.writeBigUInt64LE(BigInt(length));
  json.copy(header, PREFIX_BYTES);
  return header;
}

function refusal(name: string, problem: string): ObjectStoreError {
  return new ObjectStoreError("InvalidArgument", `encodeSafetensors: ${JSON.stringify(name)}: ${problem}`, {
    operation: "encodeSafetensors",
  });
}
