import { ObjectStoreError } from "../errors.js";
import { checkInteger } from "../options.js";

/** What a store allows. */
export interface PartLimits {
  readonly maxParts: number;
  /** The smallest part that is not the last. */
  readonly minPartBytes: number;
  readonly maxPartBytes: number;
  readonly maxObjectBytes: number;
}

export interface PartPlanOptions {
  /** The size of a part, unless the object needs larger ones. */
  readonly partBytes: number;
  /** The object's size, where it is known: then all parts but the last are equal. */
  readonly storedBytes?: number | undefined;
  /** All parts but the last must be equal: the parts of an object of unknown size can't grow. Default false. */
  readonly equalParts?: boolean;
}

/** How an object is cut. */
export interface PartPlan {
  readonly limits: PartLimits;
  /** The object's size, where it is known. */
  readonly storedBytes?: number;
  /** How many bytes the part has that begins at `offset`, unless it is the last. */
  partBytesAt(offset: number): number;
}

const MIB = 1 << 20;

/**
 * An object of unknown size can't have only parts of the largest size, so where the largest object takes just that (Azure),
 * so much of it can be reached.
 */
const REACHABLE_SHARE = 0.9;

/**
 * Cuts an object so that none the store can hold fails at the number of parts. Of a known size the parts are equal, and as
 * large as it takes. Of an unknown size they have `partBytes` first, and later at least a fixed share of what has been
 * written, so that the largest object just fits: on S3 parts of 16 MiB begin to grow after 20 GB. (On Azure 90 % of it fits.)
 * InvalidArgument for a part size outside the store's limits, Unsupported for an object larger than the store holds.
 */
export function planParts(limits: PartLimits, options: PartPlanOptions, operation: string): PartPlan {
  const { partBytes, storedBytes, equalParts = false } = options;
  checkInteger(partBytes, "partBytes", limits.minPartBytes, limits.maxPartBytes, operation);
  if (storedBytes !== undefined) {
    if (storedBytes > limits.maxObjectBytes) throw tooLarge(limits.maxObjectBytes, operation);
    const planned = atLeast(Math.ceil(storedBytes / limits.maxParts));
    if (planned * limits.maxParts < storedBytes) throw tooLarge(planned * limits.maxParts, operation);
    return { limits, storedBytes, partBytesAt: () => planned };
  }
  if (equalParts) return { limits, partBytesAt: () => partBytes };
  const share = growthShare(limits, partBytes);
  return { limits, partBytesAt: (offset) => atLeast(Math.ceil(offset / share)) };

  function atLeast(bytes: number): number {
    return bytes <= partBytes ? partBytes : Math.min(limits.maxPartBytes, Math.ceil(bytes / MIB) * MIB);
  }
}

export function tooLarge(maxBytes: number, operation: string): ObjectStoreError {
  return new ObjectStoreError("Unsupported", `${operation}: the store takes at most ${maxBytes} bytes here`, {
    operation,
  });
}

/** A part is one `share`th of what lies before it. The largest share, and so the smallest parts, that hold the largest object. */
function growthShare({ maxParts, maxPartBytes, maxObjectBytes }: PartLimits, partBytes: number): number {
  const reachable = Math.min(maxObjectBytes, REACHABLE_SHARE * maxParts * maxPartBytes);
  let share = maxParts;
  while (share > 1 && capacity(share) < reachable) share *= 0.98;
  return share;

  // The first `share` parts are equal; then what has been written grows by one `share`th a part, until parts have their limit.
  function capacity(share: number): number {
    if (partBytes >= maxPartBytes) return maxParts * maxPartBytes;
    const equal = share * partBytes;
    const growing = Math.min(maxParts - share, Math.log((maxPartBytes * share) / equal) / Math.log1p(1 / share));
    return equal * (1 + 1 / share) ** growing + (maxParts - share - growing) * maxPartBytes;
  }
}
