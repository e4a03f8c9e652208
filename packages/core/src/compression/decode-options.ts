import type { PromisedFrames } from "./frame-checks.js";

export interface DecodeOptions {
  /** A delivered chunk need be valid only until the next one is asked for. */
  readonly lendChunks?: boolean | undefined;
  /** Decoding ends with the frame or member that holds the content up to here. Default: with the source. */
  readonly contentEnd?: number | undefined;
  /** What frames there must be, and no others. */
  readonly promised?: PromisedFrames | undefined;
  /** Called for each frame that has no checksum of its content, so that nothing checks its bytes. */
  readonly onUnchecked?: (() => void) | undefined;
}
