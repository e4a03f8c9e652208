import type { IntegerLimits } from "./options.js";

/** How a backend over a network cuts objects, for writing and for reading, and how much of that it does at once. */
export interface TransferOptions {
  /** Bytes of a part, unless the object needs larger ones. Default 16 MiB. */
  readonly partBytes?: number;
  /** Parts of one writer that are sent at once, 1 to 64; memory is one part more. Default 4. */
  readonly partsInFlight?: number;
  /** Bytes of one ranged request, 64 KiB to 1 GiB. Default 8 MiB. */
  readonly readWindowBytes?: number;
  /** Ranged requests of one object at once, 1 to 64; memory is so many windows. Default 4. */
  readonly readWindowsInFlight?: number;
  /** How often a body that was cut is taken up again without progress, 0 to 100. Default 5. */
  readonly resumes?: number;
  /** No byte for so long counts as cut. Default 60 s. */
  readonly idleTimeoutMs?: number;
}

/** Defaults and limits of {@link TransferOptions}, for `integerOptions`; those of `partBytes` are the store's own. */
export const TRANSFER_LIMITS: Readonly<Record<Exclude<keyof TransferOptions, "partBytes">, IntegerLimits>> = {
  partsInFlight: [4, 1, 64],
  readWindowBytes: [8 << 20, 64 << 10, 1 << 30],
  readWindowsInFlight: [4, 1, 64],
  resumes: [5, 0, 100],
  idleTimeoutMs: [60_000, 1, 2 ** 31 - 1],
};
