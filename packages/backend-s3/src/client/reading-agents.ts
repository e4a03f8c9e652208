import { Agent as HttpAgent, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import type { OnReadOpts } from "node:net";
import type { Duplex } from "node:stream";

/** What one read of a connection takes at most. Of sizes from 32 to 512 KiB, tried one after another, it took the least time. */
const READ_BYTES = 256 << 10;

/**
 * Whether Node's HTTP parser hands out copies of what it is given, as those we know do. The first body that is drained tells;
 * until then, and for good if it does not, the parser is given copies.
 */
let parserCopies: boolean | undefined;

/** The connections of these agents, and the memory of all copies that the parser was given while that was not known. */
const connections = new WeakSet<Duplex>();
const givenCopies = new WeakSet<ArrayBufferLike>();

/** An agent whose connections each read into one buffer again and again, instead of new memory for every read. */
export class ReadingHttpAgent extends HttpAgent {
  override createConnection(
    ...[options, callback]: Parameters<HttpAgent["createConnection"]>
  ): ReturnType<HttpAgent["createConnection"]> {
    return readingIntoOneBuffer(options, (reading) => super.createConnection(reading, callback));
  }
}

/** The same over TLS. */
export class ReadingHttpsAgent extends HttpsAgent {
  override createConnection(
    ...[options, callback]: Parameters<HttpsAgent["createConnection"]>
  ): ReturnType<HttpsAgent["createConnection"]> {
    return readingIntoOneBuffer(options, (reading) => super.createConnection(reading, callback));
  }
}

/** What was read is handed on as the "data" event that a socket without `onread` emits by itself. */
function readingIntoOneBuffer<Options extends object, Connection extends Duplex | null | undefined>(
  options: Options,
  connect: (reading: Options & { readonly onread: OnReadOpts }) => Connection,
): Connection {
  const callback = (bytes: number, buffer: Uint8Array): boolean => {
    const view = Buffer.from(buffer.buffer, buffer.byteOffset, bytes);
    const given = parserCopies === true ? view : Buffer.from(view);
    if (parserCopies === undefined) givenCopies.add(given.buffer);
    connection?.emit("data", given);
    return true;
  };
  const connection = connect({ ...options, onread: { buffer: Buffer.allocUnsafeSlow(READ_BYTES), callback } });
  if (connection) connections.add(connection);
  return connection;
}

/** Hands every chunk of a body to `use`, which is done with it when it returns; resolves at the end. */
export function drainMessage(message: IncomingMessage, use: (chunk: Uint8Array) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const onClose = (): void => reject(new Error("the connection was closed in the middle of the body"));
    // One that was closed before anybody listened tells of nothing any more.
    if (message.destroyed) return onClose();
    message.once("end", resolve);
    message.once("error", reject);
    message.once("close", onClose);
    message.on("data", (chunk: Uint8Array) => {
      if (parserCopies === undefined && connections.has(message.socket)) parserCopies = !givenCopies.has(chunk.buffer);
      try {
        use(chunk);
      } catch (error) {
        reject(error);
        message.destroy();
      }
    });
  });
}
