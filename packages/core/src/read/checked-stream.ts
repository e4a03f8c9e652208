import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";
import { ByteCheck, type CheckedPlace } from "./byte-check.js";

export interface StreamCheck extends CheckedPlace {
  /** How many bytes must come; undefined if that is not known. */
  readonly expectedBytes: number | undefined;
  /** The checksums they must have. */
  readonly expected: readonly string[];
  readonly signal: AbortSignal | undefined;
}

/** Passes a stream on and fails at its end with ChecksumMismatch if it is too short, too long, or of another checksum. */
export async function* checkedStream(
  source: AsyncIterable<Uint8Array>,
  check: StreamCheck,
): AsyncGenerator<Uint8Array, void, void> {
  const { expectedBytes, expected, signal, uri, backend } = check;
  const found = new ByteCheck(expected, check);
  for await (const chunk of source) {
    throwIfAborted(signal, "get");
    found.update(chunk);
    yield chunk;
  }
  throwIfAborted(signal, "get");
  const { bytes } = found;
  if (expectedBytes !== undefined && bytes !== expectedBytes) {
    const details = { operation: "get", uri, backend, bytes };
    throw new ObjectStoreError("ChecksumMismatch", `${uri}: expected ${expectedBytes} bytes, read ${bytes}`, details);
  }
  found.finish();
}
