import { ObjectStoreError } from "@sluice/core";
import * as v from "valibot";
import { repeatedName } from "../manifest/repeated-name.js";
import { type Dtype, dtypeBits, isDtype } from "./dtype.js";

// The format: https://github.com/huggingface/safetensors#format, and the checks of its reference implementation.

/** A header may have 100 MB. */
export const MAX_HEADER_BYTES = 100_000_000;

/** The length of the header's length. */
export const PREFIX_BYTES = 8;

/** One tensor, as the header tells of it. */
export interface TensorInfo {
  readonly name: string;
  /** One that is not known here may be of a newer version of the format: its bytes can be read, and not its elements. */
  readonly dtype: Dtype | (string & {});
  /** Row-major; empty for a scalar. */
  readonly shape: readonly number[];
  /** Bytes of the file, `end` exclusive. */
  readonly start: number;
  readonly end: number;
}

export interface SafetensorsHeader {
  /** In the order of their bytes. */
  readonly tensors: readonly TensorInfo[];
  /** Without a prototype, so that every name is the file's. */
  readonly metadata: Readonly<Record<string, string>>;
}

const count = v.pipe(v.number(), v.safeInteger(), v.minValue(0));
const tensorSchema = v.object({ dtype: v.string(), shape: v.array(count), data_offsets: v.tuple([count, count]) });

/**
 * How long the header is. ChecksumMismatch if a file of `fileBytes` can't have one of that length: it is known before
 * memory is taken for it.
 */
export function headerBytes(prefix: Uint8Array, fileBytes: number, uri: string): number {
  if (prefix.byteLength < PREFIX_BYTES) throw malformed(uri, `is ${fileBytes} bytes long, too short for a header`);
  const length = new DataView(prefix.buffer, prefix.byteOffset, PREFIX_BYTES).getBigUint64(0, true);
  if (length > MAX_HEADER_BYTES)
    throw malformed(uri, `the header has ${length} bytes, the limit is ${MAX_HEADER_BYTES}`);
  if (PREFIX_BYTES + Number(length) > fileBytes) {
    throw malformed(uri, `the header of ${length} bytes reaches past the end of the file of ${fileBytes} bytes`);
  }
  return Number(length);
}

/** The header's content; ChecksumMismatch for whatever is not as the format has it. */
export function parseHeader(header: Uint8Array, fileBytes: number, uri: string): SafetensorsHeader {
  const { __metadata__: metadata, ...tensors } = parseObject(header, uri);
  const dataStart = PREFIX_BYTES + header.byteLength;
  const infos = Object.entries(tensors).map(([name, value]) => tensorInfo(name, value, dataStart, uri));
  infos.sort((a, b) => a.start - b.start || a.end - b.end);
  let end = dataStart;
  for (const { name, start, end: tensorEnd } of infos) {
    if (start !== end) {
      throw malformed(
        uri,
        `the tensor ${JSON.stringify(name)} ${start < end ? "overlaps another one" : "leaves a hole before it"}`,
      );
    }
    end = tensorEnd;
  }
  if (end !== fileBytes) throw malformed(uri, `the tensors end at byte ${end}, the file at ${fileBytes}`);
  return { tensors: infos, metadata: parseMetadata(metadata, uri) };
}

/** As the reference implementation, null is none. */
function parseMetadata(value: unknown, uri: string): Readonly<Record<string, string>> {
  const metadata = Object.create(null) as Record<string, string>;
  if (value === undefined || value === null) return metadata;
  if (typeof value !== "object" || Array.isArray(value)) throw malformed(uri, "__metadata__ must hold texts only");
  for (const [name, text] of Object.entries(value)) {
    if (typeof text !== "string") throw malformed(uri, "__metadata__ must hold texts only");
    metadata[name] = text;
  }
  return metadata;
}

function parseObject(header: Uint8Array, uri: string): Record<string, unknown> {
  // The format wants a `{` at once; other blanks than trailing ones would be JSON, too.
  if (header[0] !== 0x7b) throw malformed(uri, "the header does not begin with {");
  let text: string;
  let value: unknown;
  try {
    text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(header);
    value = JSON.parse(text);
  } catch (cause) {
    throw malformed(uri, "the header is no JSON in UTF-8", cause);
  }
  const twice = repeatedName(text);
  if (twice !== undefined) throw malformed(uri, `the name ${JSON.stringify(twice)} is there twice`);
  return value as Record<string, unknown>;
}

function tensorInfo(name: string, value: unknown, dataStart: number, uri: string): TensorInfo {
  const parsed = v.safeParse(tensorSchema, value);
  const named = `the tensor ${JSON.stringify(name)}`;
  if (!parsed.success) {
    const [issue] = parsed.issues;
    throw malformed(uri, `${named}: ${v.getDotPath(issue) ?? "its entry"}: ${issue.message}`);
  }
  const {
    dtype,
    shape,
    data_offsets: [start, end],
  } = parsed.output;
  if (end < start) throw malformed(uri, `${named} has the offsets ${start} and ${end}`);
  if (isDtype(dtype)) {
    const bits = shape.reduce((product, size) => product * BigInt(size), BigInt(dtypeBits(dtype)));
    if (bits % 8n !== 0n) throw malformed(uri, `${named} has ${bits} bits, which are no whole bytes`);
    if (BigInt(end) - BigInt(start) !== bits / 8n) {
      throw malformed(uri, `${named} has the offsets ${start} and ${end}, its shape and dtype have ${bits / 8n} bytes`);
    }
  }
  return { name, dtype, shape, start: dataStart + start, end: dataStart + end };
}

export function malformed(uri: string, problem: string, cause?: unknown): ObjectStoreError {
  return new ObjectStoreError("ChecksumMismatch", `${uri} is no valid safetensors file: ${problem}`, {
    operation: "safetensors",
    uri,
    cause,
  });
}
