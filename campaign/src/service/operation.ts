import type { ObjectStore } from "@sluice/core";

/** A call that a case makes through the proxy, and how its success and its failure are held against the server. */
export interface Operation {
  readonly words: string;
  /** A checksum of the object is compared, so that other bytes can't pass. */
  readonly isChecked?: boolean;
  /** NotFound would be true. */
  readonly isAbsent?: boolean;
  readonly writes?: boolean;
  /** Stores what the call works on, straight. */
  prepare?(): Promise<void>;
  call(store: ObjectStore): Promise<unknown>;
  /** What is not true of a success's value. */
  untruth(value: never): Promise<string | undefined> | string | undefined;
  /** What a failure must not have done. */
  harm?(): Promise<string | undefined>;
}

/** What differs between bytes that were delivered and those that are stored. */
export function bytesDiffer(got: Uint8Array, expected: Uint8Array): string | undefined {
  if (Buffer.compare(got, expected) === 0) return undefined;
  return `delivered ${got.byteLength} other bytes of ${expected.byteLength}`;
}
