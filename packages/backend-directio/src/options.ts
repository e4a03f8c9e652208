import { checkInteger, checkOptions, ObjectStoreError } from "@sluice/core";
import type { Durability } from "@sluice/core/local";

/** `required`: refuse what can't go past the page cache. `preferred`: use the page cache where it has to be, and say so. */
export type DirectMode = "required" | "preferred";

/** Slabs begin at multiples of this, so that they are aligned for whatever the probe finds. */
const SLAB_STEP_BYTES: number = 64 << 10;
const MIN_SLAB_BYTES: number = 1 << 20;
const MAX_SLAB_BYTES: number = 64 << 20;
const MAX_POOL_BYTES: number = 2 ** 31;
const MAX_BUFFERS_IN_FLIGHT = 64;

export interface DirectStoreOptions {
  /** What happens where there is no direct I/O. Default: `required`. */
  readonly mode?: DirectMode;
  /** `fsync` (default): what finalize reports survives a power cut. `none`: the system decides when it is on disk. */
  readonly durability?: Durability;
  /** Bytes of one write or read: 1 MiB to 64 MiB, a multiple of 64 KiB. Default 1 MiB. */
  readonly slabBytes?: number;
  /**
   * Bytes of all slabs together, at most 2 GiB. Default 64 MiB. Stores with equal `poolBytes` and `slabBytes` share one
   * pool in the process; it is made by the first of them, and memory is used as slabs are.
   */
  readonly poolBytes?: number;
  /** Writes, or reads, of one object that are under way at once, 1 to 64. Default 4. */
  readonly buffersInFlight?: number;
}

/** The options with their defaults; InvalidArgument for unknown ones and bad values. */
export function checkDirectOptions(options: unknown, operation: string): Required<DirectStoreOptions> {
  checkOptions(options, ["mode", "durability", "slabBytes", "poolBytes", "buffersInFlight"], operation);
  const {
    mode = "required",
    durability = "fsync",
    slabBytes = MIN_SLAB_BYTES,
    poolBytes = Math.max(64 << 20, slabBytes),
    buffersInFlight = 4,
  } = (options ?? {}) as DirectStoreOptions;
  checkChoice(mode, "mode", ["required", "preferred"], operation);
  checkChoice(durability, "durability", ["fsync", "none"], operation);
  checkInteger(slabBytes, "slabBytes", MIN_SLAB_BYTES, MAX_SLAB_BYTES, operation);
  if (slabBytes % SLAB_STEP_BYTES !== 0) {
    const message = `${operation}: slabBytes must be a multiple of ${SLAB_STEP_BYTES}, got ${slabBytes}`;
    throw new ObjectStoreError("InvalidArgument", message, { operation });
  }
  checkInteger(poolBytes, "poolBytes", slabBytes, MAX_POOL_BYTES, operation);
  checkInteger(buffersInFlight, "buffersInFlight", 1, MAX_BUFFERS_IN_FLIGHT, operation);
  return { mode, durability, slabBytes, poolBytes, buffersInFlight };
}

function checkChoice(value: unknown, name: string, choices: readonly [string, string], operation: string): void {
  if (choices.includes(value as string)) return;
  const [first, second] = choices;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: ${name} is "${first}" or "${second}", got ${JSON.stringify(value)}`,
    { operation },
  );
}
