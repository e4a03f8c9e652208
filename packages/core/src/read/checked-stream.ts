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
  { expectedBytes, expectedCrc, signal, uri, backend }: StreamCheck,
): AsyncGenerator<Uint8Array, void, void> {
  const crc = new Crc32c();
  let bytes = 0;
  for await (const chunk of source) {
    throwIfAborted(signal, "get");
    bytes += chunk.byteLength;
    if (expectedCrc !== undefined) crc.update(chunk);
    yield chunk;
  }
  throwIfAborted(signal, "get");
  const details = { operation: "get", uri, backend, bytes };
  if (expectedBytes !== undefined && bytes !== expectedBytes) {
    throw new ObjectStoreError("ChecksumMismatch", `${uri}: expected ${expectedBytes} bytes, read ${bytes}`, details);
  }
  if (expectedCrc !== undefined && crc.value !== expectedCrc) {
    const expected = formatChecksum(expectedCrc);
    const actual = crc.digest();
    throw new ObjectStoreError("ChecksumMismatch", `${uri}: expected ${expected}, read ${actual} over ${bytes} bytes`, {
      ...details,
      expected,
      actual,
    });
  }
}
