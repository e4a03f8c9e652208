import { randomBytes } from "node:crypto";
import { ObjectStoreError } from "@sluice/core";

/** Names one attempt to save one step: all its ranks share it, and no other attempt has it. */
export interface SaveId {
  readonly step: number;
  /** A timestamp; of two saves of one step, the one whose timestamp sorts last is the newer. */
  readonly ts: string;
}

/** What a timestamp may be made of: it is a part of keys on every store, and of file names. */
export const TIMESTAMP: RegExp = /^[A-Za-z0-9][A-Za-z0-9.:_+-]{0,63}$/;

/**
 * `20240131-235959-123-9f3a6c`: the UTC time as s3dlio writes it, then milliseconds and random digits, so that two attempts
 * within one second do not share their keys.
 */
export function newTimestamp(now: Date = new Date()): string {
  const digits = now.toISOString().replaceAll(/[-:T.Z]/g, "");
  const [date, time, milliseconds] = [digits.slice(0, 8), digits.slice(8, 14), digits.slice(14)];
  return `${date}-${time}-${milliseconds}-${randomBytes(3).toString("hex")}`;
}

/** Refuses with InvalidArgument what can't be a timestamp in a key. */
export function checkTimestamp(ts: unknown, operation: string): void {
  if (typeof ts === "string" && TIMESTAMP.test(ts)) return;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: ts must be 1 to 64 of A-Z a-z 0-9 . : _ + - and begin with a letter or digit, got ${JSON.stringify(ts)}`,
    { operation },
  );
}

/** Orders saves from old to new: by step, then by timestamp. */
export function compareSaves(first: SaveId, second: SaveId): number {
  if (first.step !== second.step) return first.step - second.step;
  if (first.ts === second.ts) return 0;
  return first.ts < second.ts ? -1 : 1;
}
