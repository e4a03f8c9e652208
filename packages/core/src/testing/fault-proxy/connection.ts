import { connect, type Socket } from "node:net";
import { type Answer, answerBytes } from "./answer.js";
import type { Exchange } from "./exchange.js";
import type { FaultSide } from "./fault.js";
import { requestFraming, requestHead, responseFraming, responseStatus } from "./http-framing.js";
import { FramingError, httpPieces, type Piece } from "./http-pieces.js";
import { failure, slowDown } from "./own-answer.js";
import { passPiece } from "./pass-piece.js";
import type { RequestHead } from "./records.js";
import { read, write } from "./sockets.js";

export interface ConnectionContext {
  readonly target: { readonly host: string; readonly port: number };
  /** Notes a request that has come, with the fault that it meets. */
  readonly begin: (head: RequestHead) => Exchange;
}

/** A client's connection and the one to the server that belongs to it, over which exchanges pass one after the other. */
export class ProxiedConnection {
  readonly #client: Socket;
  readonly #context: ConnectionContext;
  readonly #over = new AbortController();
  #server: Socket | undefined;
  /** The exchange whose request comes in, and the one whose response is due. */
  #request: Exchange | undefined;
  #response: Exchange | undefined;
  /** Nothing passes any more. */
  #halted = false;

  constructor(client: Socket, context: ConnectionContext) {
    this.#client = client;
    this.#context = context;
    client.setNoDelay(true);
    client.on("error", () => undefined); // `close` follows
    client.once("close", () => {
      this.#halted = true;
      this.#over.abort();
      this.#server?.destroy();
    });
  }

  /** Passes requests until the client hangs up; never rejects. */
  async passRequests(): Promise<void> {
    try {
      for await (const piece of httpPieces(read(this.#client), requestFraming)) await this.#onRequest(piece);
      if (this.#halted) this.destroy();
      else (this.#server ?? this.#client).end();
    } catch (error) {
      if (!(error instanceof FramingError) || this.#response !== undefined) return this.destroy();
      await this.#refuse(failure("400 Bad Request", error.message));
      this.#client.resume();
    }
  }

  destroy(): void {
    this.#client.destroy();
    this.#server?.destroy();
  }

  async #onRequest(piece: Piece): Promise<void> {
    if (piece.kind === "head") {
      const head = requestHead(piece.head);
      // A client may send the next request before it has the answer to this one; it waits here.
      await this.#request?.answered;
      if (this.#halted) return;
      this.#request = this.#context.begin(head);
      this.#response = this.#request;
    }
    const exchange = this.#request;
    if (this.#halted || exchange === undefined) return;
    const { fault, answerChange } = exchange;
    const isAnsweredHere = fault?.kind === "burst503" || (answerChange !== undefined && "instead" in answerChange);
    if (isAnsweredHere) await this.#answer(piece, exchange);
    else await this.#pass("request", piece, exchange, () => this.#connected());
  }

  async #passResponses(server: Socket): Promise<void> {
    try {
      const pieces = httpPieces(read(server), (head) => responseFraming(head, this.#response?.record.method));
      for await (const piece of pieces) await this.#onResponse(piece);
      if (!this.#halted) this.#client.end();
    } catch (error) {
      if (this.#halted) return;
      const begun = this.#response?.record.status !== undefined;
      if (!(error instanceof FramingError) || begun) this.#client.resetAndDestroy();
      else await this.#refuse(failure("502 Bad Gateway", error.message));
    } finally {
      this.#response?.finish();
    }
  }

  async #onResponse(piece: Piece): Promise<void> {
    if (this.#halted) return;
    const exchange = this.#response;
    if (exchange === undefined) {
      if (piece.kind !== "end") await write(this.#client, piece.bytes);
      return;
    }
    if (piece.kind === "head")
      Object.assign(exchange.record, { status: responseStatus(piece.head), answeredBy: "server" });
    const { answerChange } = exchange;
    if (answerChange !== undefined && "change" in answerChange && !isInterim(piece, exchange)) {
      const answer = exchange.changed(piece, answerChange.change);
      if (answer !== undefined) await this.#send(answer, exchange);
    } else await this.#pass("response", piece, exchange, () => this.#client);
    if (piece.kind !== "end") return;
    this.#response = undefined;
    exchange.finish();
  }

  async #pass(side: FaultSide, piece: Piece, exchange: Exchange, to: () => Socket): Promise<void> {
    if (await passPiece(side, piece, exchange, to, this.#over.signal)) this.#strike(exchange);
  }

  #strike(exchange: Exchange): void {
    this.#halted = true;
    if (exchange.fault?.kind === "reset") this.#client.resetAndDestroy();
    else if (exchange.fault?.kind === "cut") this.#client.destroySoon();
    exchange.hit();
  }

  /** Answers in the server's place, after the body. Who waits to be asked for the body is not asked, and hung up on. */
  async #answer(piece: Piece, exchange: Exchange): Promise<void> {
    const { record } = exchange;
    const unasked = record.headers["expect"]?.toLowerCase() === "100-continue";
    if (!(piece.kind === "end" || (piece.kind === "head" && unasked))) return;
    const close = unasked || record.headers["connection"]?.toLowerCase() === "close";
    const { answerChange } = exchange;
    this.#response = undefined;
    if (answerChange !== undefined && "instead" in answerChange) {
      Object.assign(record, { status: answerChange.instead.status, answeredBy: "proxy" });
      await this.#send({ ...answerChange.instead, ...(close && { hangUp: true }) }, exchange);
    } else {
      Object.assign(record, { status: 503, answeredBy: "proxy" });
      exchange.hit();
      if (close) await this.#refuse(slowDown(record, true));
      else await write(this.#client, Buffer.from(slowDown(record, false)));
    }
    exchange.finish();
  }

  async #send(answer: Answer, { record }: Exchange): Promise<void> {
    if (await write(this.#client, answerBytes(answer))) record.responseBytes += answer.body.byteLength;
    if (answer.hangUp !== true) return;
    this.#halted = true;
    this.#client.end();
    this.#server?.destroy();
  }

  /** The last thing that the client is told. What it still sends is dropped. */
  async #refuse(answer: string): Promise<void> {
    this.#halted = true;
    await write(this.#client, Buffer.from(answer));
    this.#client.end();
  }

  #connected(): Socket {
    if (this.#server !== undefined) return this.#server;
    const server = connect({ ...this.#context.target, noDelay: true, allowHalfOpen: true });
    this.#server = server;
    server.on("error", () => undefined); // the reading of it fails
    void this.#passResponses(server);
    return server;
  }
}

/** Whether a piece comes before the answer: there is no status yet. */
function isInterim({ kind }: Piece, { record }: Exchange): boolean {
  return kind === "other" && record.status === undefined;
}
