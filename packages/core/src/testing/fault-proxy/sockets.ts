import type { Socket } from "node:net";

/** What a socket receives. The socket stays open when the other side has ended, and when the reader stops. */
export function read(socket: Socket): AsyncIterable<Buffer> {
  return socket.iterator({ destroyOnReturn: false });
}

/** Waits until the system has taken `bytes`, which holds back who sends faster; false where the socket is gone. */
export function write(socket: Socket, bytes: Buffer): Promise<boolean> {
  return new Promise((resolve) => {
    socket.write(bytes, (error) => resolve(error === undefined || error === null));
  });
}
