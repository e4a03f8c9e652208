import { Crc32c } from "../checksum/crc32c.js";
import { formatChecksum } from "../checksum/text.js";
import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";

export interface StreamCheck {
  /** How many bytes must come; undefined if that is not known. */
  readonly expectedBytes: number | undefined;
  /** The CRC-32C they must have; undefined if that is not asked for. */
  readonly expectedCrc: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly uri: string;
  readonly backend: string;
}

/** Passes a stream on and fails at its end with ChecksumMismatch if it is too short, too long, or of another checksum. */
export async function* checkedStream(
  source: AsyncIterable<Uint8Array>,
  check: StreamCheck,
): AsyncGenerator<Uint8Array, void, void> {
  const { expectedBytes, expectedCrc, signal, uri, backend } = check;
  const crc = new Crc32c();
  let bytes = 0;
  for await (const chunk of source) {
    throwIfAborted(signal, "get");
    bytes += chunk.byteLength;
    if (expectedCrc !== undefined) crc.update(chunk);
    yield chunk;
  }
  throwIfAborted(signal, "get");
  if (expectedBytes !== undefined && bytes !== expectedBytes) {
    const details = { operation: "get", uri, backend, bytes };
    throw new ObjectStoreError("ChecksumMismatch", `${uri}: expected ${expectedBytes} bytes, read ${bytes}`, details);
  }
  if (expectedCrc !== undefined) checkCrc(crc.value, bytes, check);
}

/** ChecksumMismatch unless the CRC-32C of the bytes that were read is the expected one. */
export function checkCrc(crc32c: number, bytes: number, { expectedCrc, uri, backend }: StreamCheck): void {
  if (expectedCrc === undefined || crc32c === expectedCrc) return;
  const expected = formatChecksum(expectedCrc);
  const actual = formatChecksum(crc32c);
  throw new ObjectStoreError("ChecksumMismatch", `${uri}: expected ${expected}, read ${actual} over ${bytes} bytes`, {
    operation: "get",
    uri,
    backend,
    bytes,
    expected,
    actual,
  });
}
