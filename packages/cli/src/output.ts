import type { Writable } from "node:stream";
import { orAborted } from "@sluice/core";
import { fromNodeError } from "@sluice/core/local";

/** The reader of an output has gone, as `head` goes when it has seen enough. */
export class ClosedOutputError extends Error {}

/** A stream of the process, written to with backpressure. */
export class Output {
  readonly #stream: Writable;

  constructor(stream: Writable) {
    this.#stream = stream;
    // Each write learns of its error through its callback; without a listener the event would end the process.
    stream.on("error", () => undefined);
  }

  /** Resolves when the stream has taken `data`; ClosedOutputError if nobody reads any more. */
  async write(data: string | Uint8Array, signal?: AbortSignal): Promise<void> {
    const written = new Promise<void>((resolve, reject) => {
      this.#stream.write(data, (error) => {
        if (error === null || error === undefined) resolve();
        else reject(isClosed(error) ? new ClosedOutputError() : fromNodeError(error));
      });
    });
    await orAborted(written, signal, "write");
  }
}

function isClosed(error: Error): boolean {
  const { code } = error as NodeJS.ErrnoException;
  return code === "EPIPE" || code === "ERR_STREAM_DESTROYED" || code === "ERR_STREAM_PREMATURE_CLOSE";
}
