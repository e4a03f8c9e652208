import { connect, createServer, type Server, type Socket } from "node:net";

/** What happens to one connection between a client and a server. */
export type Fault =
  | { readonly kind: "reset"; readonly afterBytesUp: number }
  /** The answer is cut: the server has done what it was asked for, and the client does not know. */
  | { readonly kind: "cut"; readonly afterBytesDown: number }
  | { readonly kind: "busy" }
  /** A byte is flipped there, and again with each MiB. */
  | { readonly kind: "flip"; readonly atByteUp: number }
  /** Nothing more goes to the server. */
  | { readonly kind: "stall"; readonly afterBytesUp: number }
  /** From a request like this one on, answers are held back. */
  | { readonly kind: "hold"; readonly from: RegExp };

/** Chooses for each connection, which are numbered from 0. */
type ChooseFault = (connection: number) => Fault | undefined;

const BUSY_BODY = "<Error><Code>SlowDown</Code><Message>Please reduce your request rate.</Message></Error>";
const BUSY = `HTTP/1.1 503 Slow Down\r\ncontent-type: application/xml\r\ncontent-length: ${BUSY_BODY.length}\r\nconnection: close\r\n\r\n${BUSY_BODY}`;

export interface FaultLink {
  readonly endpoint: string;
  /** Holds for connections that are made from now on. */
  choose: ChooseFault;
  /** Request lines that have come by, such as `POST /bucket/key?uploads`. */
  readonly requests: string[];
  readonly close: () => Promise<void>;
}

/** Stands between a client and the server at `endpoint`, and does to each connection what is chosen for it. */
export async function startFaultLink(endpoint: string): Promise<FaultLink> {
  const { hostname, port } = new URL(endpoint);
  const sockets = new Set<Socket>();
  let connections = 0;
  const server: Server = createServer((client) => {
    const fault = link.choose(connections++);
    const upstream = connect(Number(port), hostname);
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.setNoDelay(true);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    let up = 0;
    let isHeld = false;
    client.on("data", (chunk: Buffer) => {
      const line = /^(GET|PUT|POST|DELETE|HEAD) (\S+) HTTP/.exec(chunk.subarray(0, 2000).toString("latin1"));
      if (line !== null) {
        link.requests.push(`${line[1]} ${line[2]}`);
        if (fault?.kind === "hold" && fault.from.test(`${line[1]} ${line[2]}`)) isHeld = true;
      }
      const before = up;
      up += chunk.byteLength;
      if (fault?.kind === "busy") return void client.end(BUSY);
      if (fault?.kind === "reset" && up > fault.afterBytesUp) return void client.resetAndDestroy();
      if (fault?.kind === "stall" && up > fault.afterBytesUp) return void client.pause();
      if (fault?.kind === "flip") {
        for (let at = fault.atByteUp; at < up; at += 1 << 20) {
          if (at >= before) chunk[at - before] = (chunk[at - before] as number) ^ 0x20;
        }
      }
      if (!upstream.write(chunk)) client.pause();
    });
    upstream.on("drain", () => client.resume());
    let down = 0;
    upstream.on("data", (chunk: Buffer) => {
      down += chunk.byteLength;
      if (isHeld) return;
      if (fault?.kind === "cut" && down > fault.afterBytesDown) return void client.resetAndDestroy();
      if (!client.write(chunk)) upstream.pause();
    });
    client.on("drain", () => upstream.resume());
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port: ownPort } = server.address() as { readonly port: number };
  const link: FaultLink = {
    endpoint: `http://127.0.0.1:${ownPort}`,
    choose: () => undefined,
    requests: [],
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
  return link;
}
