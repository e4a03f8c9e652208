/** Which of an exchange's two messages a fault is about. */
export type FaultSide = "request" | "response";

/** The client's connection is reset (RST). The server's is closed. */
export interface ResetFault {
  readonly kind: "reset";
  /** By default the request. A reset response is one the server has given and the client never sees. */
  readonly on?: FaultSide;
  /** How many bytes of the body pass before, of which a client may lose the last. By default not even the head passes. */
  readonly afterBytes?: number;
}

/** Nothing passes any more, in both directions, until the proxy stops or the client hangs up; what the client sends is dropped. */
export interface StallFault {
  readonly kind: "stall";
  /** By default the request. */
  readonly on?: FaultSide;
  /** How many bytes of the body pass before. By default not even the head passes. */
  readonly afterBytes?: number;
}

/** Both connections are closed as soon as exactly so many bytes of the body have passed. */
export interface CutFault {
  readonly kind: "cut";
  readonly on: FaultSide;
  readonly afterBytes: number;
}

/** The message begins to pass so much later. */
export interface DelayFault {
  readonly kind: "delay";
  /** By default the request. */
  readonly on?: FaultSide;
  readonly delayMs: number;
}

/**
 * The proxy itself answers this request and the next ones with S3's SlowDown, status 503; the server never sees them. Counts
 * are the requests that the same `when` chooses.
 */
export interface Burst503Fault {
  readonly kind: "burst503";
  /** How many requests are answered so, this one included. */
  readonly requests: number;
}

/** One bit of the body is flipped; heads, chunk sizes and trailers never are. */
export interface FlipFault {
  readonly kind: "flip";
  readonly on: FaultSide;
  /** Which byte of the body, from 0, without the sizes of chunks. */
  readonly atByte: number;
  /** Which of its bits, from 0 (the lowest, and the default) to 7. */
  readonly bit?: number;
}

/** What a fault proxy does to one request. A body that ends before the fault's offset passes unharmed. */
export type Fault = ResetFault | StallFault | CutFault | DelayFault | Burst503Fault | FlipFault;

/** A number, or two between which one is drawn, both included. */
export type FaultRange = number | readonly [minimum: number, maximum: number];

type WithRanges<Each> = Each extends Fault
  ? { readonly [Name in keyof Each]: Each[Name] extends number | undefined ? FaultRange : Each[Name] }
  : never;

/** A fault of a plan: each number may be a range, and `weight` (by default 1) says how often it is drawn beside the others. */
export type PlannedFault = WithRanges<Fault> & { readonly weight?: number };
