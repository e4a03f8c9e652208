import { constants, open } from "node:fs";
import { type FileHandle, open as openFile, stat } from "node:fs/promises";
import { Socket } from "node:net";
import { addAbortSignal } from "node:stream";
import { setTimeout as delay } from "node:timers/promises";
import { promisify } from "node:util";
import { ObjectStoreError, throwIfAborted } from "@sluice/core";
import { nativeCode } from "@sluice/core/local";

/** How long a pipe without a reader, or a device that takes nothing now, is left alone. */
const PAUSE_MS = 20;

const NON_BLOCKING_WRITE: number = constants.O_WRONLY | constants.O_NONBLOCK;

/** Where bytes go that can't be taken back: a pipe or a device. */
export interface SpecialSink {
  /** Resolves when the system has taken all of the chunk. */
  write(chunk: Uint8Array): Promise<void>;
  close(): Promise<void>;
}

/** Opens a pipe or device for writing. A pipe's reader is waited for until `signal` fires; no thread blocks in the system. */
export async function openSpecialSink(path: string, signal: AbortSignal): Promise<SpecialSink> {
  const found = await stat(path);
  if (found.isSocket()) throw new ObjectStoreError("InvalidArgument", `${path} is a socket, and can't be written to`);
  return found.isFIFO() ? openPipe(path, signal) : openDevice(path, signal);
}

async function openPipe(path: string, signal: AbortSignal): Promise<SpecialSink> {
  const socket = new Socket({ fd: await openForReader(path, signal), readable: false, writable: true });
  // Whoever writes gets the error; one between two writes must not end the process.
  socket.on("error", () => undefined);
  addAbortSignal(signal, socket);
  return {
    write: async (chunk) => {
      try {
        await new Promise<void>((resolve, reject) => {
          socket.write(chunk, (error) => (error == null ? resolve() : reject(error)));
        });
      } catch (error) {
        throwIfAborted(signal, "write");
        throw error;
      }
    },
    // All that was written is the system's by now.
    close: () =>
      new Promise((resolve) => {
        if (socket.closed) resolve();
        else socket.once("close", () => resolve()).destroy();
      }),
  };
}

/** ENXIO is the system's answer where a pipe has no reader. */
async function openForReader(path: string, signal: AbortSignal): Promise<number> {
  for (;;) {
    throwIfAborted(signal, "write");
    try {
      return await promisify(open)(path, NON_BLOCKING_WRITE);
    } catch (error) {
      if (nativeCode(error) !== "ENXIO") throw error;
      await pause(signal);
    }
  }
}

async function openDevice(path: string, signal: AbortSignal): Promise<SpecialSink> {
  const handle = await openFile(path, NON_BLOCKING_WRITE);
  return {
    write: async (chunk) => {
      for (let done = 0; done < chunk.byteLength; ) done += await writeSome(handle, chunk.subarray(done), signal);
    },
    close: () => handle.close(),
  };
}

async function writeSome(handle: FileHandle, chunk: Uint8Array, signal: AbortSignal): Promise<number> {
  for (;;) {
    throwIfAborted(signal, "write");
    try {
      return (await handle.write(chunk)).bytesWritten;
    } catch (error) {
      if (nativeCode(error) !== "EAGAIN") throw error;
      await pause(signal);
    }
  }
}

async function pause(signal: AbortSignal): Promise<void> {
  await delay(PAUSE_MS, undefined, { signal }).catch(() => throwIfAborted(signal, "write"));
}
