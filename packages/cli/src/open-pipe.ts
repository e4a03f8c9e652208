import { close, constants, fstat, open } from "node:fs";
import { Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import { promisify } from "node:util";
import { ObjectStoreError } from "@sluice/core";

/** What is read of a pipe; `cancel` closes it. */
export type PipeChunks = AsyncIterable<Uint8Array> & { cancel(): Promise<void> };

/**
 * The bytes of a pipe up to where its last writer closes it. Until there was a writer they are waited for, and `signal`
 * ends the wait: no thread blocks in the system. The kernel tells a pipe without a writer yet from one whose writers have gone
 * (`POLLHUP` in poll(2)) to those alone that wait for events, as a socket of Node does.
 */
export async function openPipe(path: string, signal: AbortSignal): Promise<PipeChunks> {
  const fd = await promisify(open)(path, constants.O_RDONLY | constants.O_NONBLOCK);
  if (!(await promisify(fstat)(fd)).isFIFO()) {
    await promisify(close)(fd);
    throw new ObjectStoreError("PreconditionFailed", "the pipe was replaced by something else");
  }
  const socket = new Socket({ fd, readable: true, writable: false });
  // Whoever iterates gets the error; one that comes before must not end the process.
  socket.on("error", () => undefined);
  addAbortSignal(signal, socket);
  return {
    [Symbol.asyncIterator]: () => socket[Symbol.asyncIterator](),
    cancel: async () => {
      socket.destroy();
    },
  };
}
