import { checkOptions, ObjectStoreError } from "@sluice/core";
import type { Durability } from "@sluice/core/local";

export interface FsStoreOptions {
  /** `fsync` (default): what finalize reports survives a power cut. `none`: the system decides when it is on disk. */
  readonly durability?: Durability;
}

/** The options with their defaults; InvalidArgument for unknown ones and bad values. */
export function checkFsOptions(options: unknown, operation: string): Required<FsStoreOptions> {
  checkOptions(options, ["durability"], operation);
  const { durability = "fsync" } = (options ?? {}) as FsStoreOptions;
  if (durability !== "fsync" && durability !== "none") {
    throw new ObjectStoreError(
      "InvalidArgument",
      `${operation}: durability is "fsync" or "none", got ${JSON.stringify(durability)}`,
      { operation },
    );
  }
  return { durability };
}
