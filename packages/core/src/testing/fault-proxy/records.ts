import type { Fault } from "./fault.js";

/** A request as its head says it. */
export interface RequestHead {
  readonly method: string;
  /** The path with its query, as it was sent. */
  readonly path: string;
  /** By names in lower case; what came more than once is joined by ", ". */
  readonly headers: Readonly<Record<string, string>>;
}

/** Chooses requests. It is called once for a request and must not throw. */
export type RequestFilter = (request: RequestHead) => boolean;

/** A request that came to the proxy; what is known of it grows while it passes. */
export interface ProxiedRequest extends RequestHead {
  /** Its place in `requests`, from 0: the order in which heads came. */
  readonly index: number;
  /** When its head had come, on the clock of `performance.now()`, in ms. */
  readonly begunAtMs: number;
  /** Whether its head was passed to the server: what a server may have acted on. */
  readonly passed: boolean;
  /** Bytes of its body that were passed to the server, without the sizes of chunks. */
  readonly requestBytes: number;
  /** Bytes of the response's body that were passed to the client. */
  readonly responseBytes: number;
  /** The status of the final answer, also of one that a fault kept from the client. */
  readonly status: number | undefined;
  readonly answeredBy: "server" | "proxy" | undefined;
}

/** That a fault was chosen for a request. */
export interface FaultLogEntry {
  readonly request: ProxiedRequest;
  readonly fault: Fault;
  /** Whether it has taken effect; false for good where the body ended before the fault's offset. */
  readonly hit: boolean;
}

export type Writable<T> = { -readonly [Name in keyof T]: T[Name] };
