import type { Socket } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import type { Exchange } from "./exchange.js";
import type { FaultSide } from "./fault.js";
import type { Piece } from "./http-pieces.js";
import { write } from "./sockets.js";

const NOTHING = Buffer.alloc(0);

/** Passes a piece of a message as the exchange's fault lets it; whether the fault strikes then. `over` ends a delay. */
export async function passPiece(
  side: FaultSide,
  piece: Piece,
  exchange: Exchange,
  to: () => Socket,
  over: AbortSignal,
): Promise<boolean> {
  if (piece.kind === "end") return false;
  if (piece.kind === "other") {
    await write(to(), piece.bytes);
    return false;
  }
  if (piece.kind === "head") {
    if (exchange.strikesBeforeHead(side)) return true;
    await wait(exchange, exchange.delayMs(side), over);
    if (over.aborted) return false;
    const taken = await write(to(), piece.bytes);
    if (side === "request") exchange.record.passed = taken;
  }
  const { bytes, strikes } = exchange.body(side, piece.kind === "body" ? piece.bytes : NOTHING);
  if (bytes.byteLength > 0 && (await write(to(), bytes))) {
    exchange.record[side === "request" ? "requestBytes" : "responseBytes"] += bytes.byteLength;
  }
  return strikes;
}

async function wait(exchange: Exchange, delayMs: number | undefined, over: AbortSignal): Promise<void> {
  if (delayMs === undefined) return;
  exchange.hit();
  await delay(delayMs, undefined, { signal: over }).catch(() => undefined);
}
