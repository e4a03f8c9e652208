import { createRequire } from "node:module";
import { WorkerPool } from "../workers/worker-pool.js";
import { FRAME_CONTENT_BYTES, type Frame } from "./frame-encoder.js";
import type { FrameReply, FrameRequest } from "./frame-worker.js";

/** Frames under way for each thread: one it works at, one that waits. */
const FRAMES_A_THREAD = 2;

/** Content that can't be made smaller grows by less than this: ZSTD_compressBound. */
const MAX_FRAME_BYTES = FRAME_CONTENT_BYTES + (FRAME_CONTENT_BYTES >> 8);

/** Threads that compress frames with zstd and hash them; memory goes over and comes back without a copy. */
export class FrameThreads {
  readonly framesAtOnce: number;
  readonly #pool: WorkerPool<FrameRequest, FrameReply>;
  readonly #free: ArrayBuffer[] = [];

  constructor(level: number, threads: number) {
    const entry = createRequire(import.meta.url).resolve("@sluice/core/frame-worker");
    this.#pool = new WorkerPool(entry, { threads, workerData: { level } });
    this.framesAtOnce = threads * FRAMES_A_THREAD;
  }

  async compress(content: Uint8Array<ArrayBuffer>, contentBytes: number): Promise<Frame> {
    const frame = this.#free.pop() ?? new ArrayBuffer(MAX_FRAME_BYTES);
    const reply = await this.#pool.run({ content: content.buffer, contentBytes, frame }, [content.buffer, frame]);
    return {
      bytes: new Uint8Array(reply.frame, 0, reply.frameBytes),
      content: new Uint8Array(reply.content),
      crc32c: reply.crc32c,
    };
  }

  /** The frame has been written: its memory is used again. */
  giveBack(frame: Uint8Array): void {
    this.#free.push(frame.buffer as ArrayBuffer);
  }

  close(): void {
    this.#pool.close().catch(() => undefined);
  }
}
