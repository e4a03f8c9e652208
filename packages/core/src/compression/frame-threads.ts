import { createRequire } from "node:module";
import { WorkerPool } from "../workers/worker-pool.js";
import type { Frame } from "./frame-encoder.js";
import type { FrameReply, FrameRequest } from "./frame-worker.js";

/** Frames under way for each thread: one it works at, one that waits. */
const FRAMES_A_THREAD = 2;

/** Threads that compress frames with zstd and hash them; memory goes over and comes back without a copy. */
export class FrameThreads {
  readonly framesAtOnce: number;
  readonly #pool: WorkerPool<FrameRequest, FrameReply>;

  constructor(level: number, threads: number) {
    const entry = createRequire(import.meta.url).resolve("@sluice/core/frame-worker");
    this.#pool = new WorkerPool(entry, { threads, workerData: { level } });
    this.framesAtOnce = threads * FRAMES_A_THREAD;
  }

  async compress(content: Uint8Array<ArrayBuffer>, contentBytes: number): Promise<Frame> {
    const reply = await this.#pool.run({ content: content.buffer, contentBytes }, [content.buffer]);
    return { bytes: new Uint8Array(reply.frame), content: new Uint8Array(reply.content), crc32c: reply.crc32c };
  }

  close(): void {
    this.#pool.close().catch(() => undefined);
  }
}
