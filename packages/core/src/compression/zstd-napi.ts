import { ObjectStoreError } from "../errors.js";
import type { ZstdEngine } from "./zstd-engine.js";

type Binding = typeof import("zstd-napi/binding.js");

/** The engine over the native addon zstd-napi; undefined where it cannot be loaded. */
export async function loadZstdNapi(): Promise<ZstdEngine | undefined> {
  try {
    const module = (await import("zstd-napi/binding.js")) as Binding & { default?: Binding };
    return engineOver(module.default ?? module);
  } catch {
    return undefined;
  }
}

function engineOver(binding: Binding): ZstdEngine {
  return {
    name: "zstd-napi",
    isThreaded: false,
    takesLentChunks: true,
    frameCompressor: (level) => frameCompressor(binding, level),
    decode: (source, lendChunks) => decode(binding, source, lendChunks),
  };
}

/** One context and one output buffer serve all frames of a writer. */
function frameCompressor(binding: Binding, level: number): (content: Uint8Array) => Uint8Array {
  const context = new binding.CCtx();
  context.setParameter(binding.CParameter.compressionLevel, level);
  context.setParameter(binding.CParameter.checksumFlag, 1);
  let output = new Uint8Array(0);
  return (content) => {
    const bound = binding.compressBound(content.byteLength);
    if (output.byteLength < bound) output = new Uint8Array(bound);
    return output.subarray(0, context.compress2(output, content));
  };
}

/**
 * Drives the decompression context itself: the package's stream pushes all that a chunk expands to at once, which for
 * highly compressible data is thousands of times the chunk.
 */
async function* decode(
  binding: Binding,
  source: AsyncIterable<Uint8Array>,
  lendChunks: boolean,
): AsyncGenerator<Uint8Array, void, void> {
  const context = new binding.DCtx();
  const outputBytes = binding.dStreamOutSize() * 2;
  let output = Buffer.allocUnsafeSlow(outputBytes);
  let insideFrame = false;
  for await (const chunk of source) {
    let input = chunk;
    let outputWasFull = false;
    while (input.byteLength > 0 || outputWasFull) {
      const [hint, produced, consumed] = context.decompressStream(output, input);
      input = input.subarray(consumed);
      insideFrame = hint !== 0;
      outputWasFull = insideFrame && produced === output.byteLength;
      if (produced === 0) continue;
      yield output.subarray(0, produced);
      if (!lendChunks) output = Buffer.allocUnsafeSlow(outputBytes);
    }
  }
  if (insideFrame) {
    throw new ObjectStoreError("ChecksumMismatch", "the zstd data ends in the middle of a frame");
  }
}
