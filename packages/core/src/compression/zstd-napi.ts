import { damaged, damagedBy } from "./damage.js";
import type { ZstdEngine, ZstdFrameDecoder } from "./zstd-engine.js";

type Binding = typeof import("zstd-napi/binding.js");
type DCtx = InstanceType<Binding["DCtx"]>;

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
    frameCompressor: (level) => frameCompressor(binding, level),
    frameDecoder: (lendChunks) => frameDecoder(binding, lendChunks),
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
function frameDecoder(binding: Binding, lendChunks: boolean): ZstdFrameDecoder {
  const context = new binding.DCtx();
  const outputBytes = binding.dStreamOutSize() * 2;
  let output = Buffer.allocUnsafeSlow(outputBytes);
  return {
    *decode(bytes, endsFrame) {
      let input = bytes;
      let isOver = false;
      let outputWasFull = false;
      while (!isOver && (input.byteLength > 0 || outputWasFull)) {
        const [hint, produced, consumed] = decompress(context, output, input);
        input = input.subarray(consumed);
        isOver = hint === 0;
        outputWasFull = produced === output.byteLength;
        if (produced === 0) continue;
        yield output.subarray(0, produced);
        if (!lendChunks) output = Buffer.allocUnsafeSlow(outputBytes);
      }
      if (isOver !== endsFrame || input.byteLength > 0)
        throw damaged("zstd", "a frame does not end with its last block");
    },
    close: () => undefined,
  };
}

function decompress(context: DCtx, output: Uint8Array, input: Uint8Array): [number, number, number] {
  try {
    return context.decompressStream(output, input);
  } catch (error) {
    throw damagedBy("zstd", error);
  }
}
