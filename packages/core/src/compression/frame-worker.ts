import { workerData } from "node:worker_threads";
import { Crc32c } from "../checksum/crc32c.js";
import { serveRequests } from "../workers/serve-requests.js";
import { zstdEngine } from "./zstd-engine.js";

/** Content to make a frame of, and memory for the frame. */
export interface FrameRequest {
  readonly content: ArrayBuffer;
  readonly contentBytes: number;
  readonly frame: ArrayBuffer;
}

/** The same memory, how much of it the frame takes, and the frame's CRC-32C. */
export interface FrameReply {
  readonly content: ArrayBuffer;
  readonly frame: ArrayBuffer;
  readonly frameBytes: number;
  readonly crc32c: number;
}

const compress = (await zstdEngine()).frameCompressor((workerData as { readonly level: number }).level);

serveRequests<FrameRequest, FrameReply>(
  async ({ content, contentBytes, frame }) => {
    const bytes = await compress(new Uint8Array(content, 0, contentBytes));
    new Uint8Array(frame).set(bytes);
    return { content, frame, frameBytes: bytes.byteLength, crc32c: new Crc32c().update(bytes).value };
  },
  ({ content, frame }) => [content, frame],
);
