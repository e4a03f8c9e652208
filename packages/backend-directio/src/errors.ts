import { ObjectStoreError } from "@sluice/core";
import { nativeCode } from "@sluice/core/local";

const REMEDY = 'choose a folder on a disk, open the store with mode: "preferred", or use file:';

/** The refusal of a folder whose files can't be written and read past the page cache. */
export function noDirectIo(folder: string, reason: string): ObjectStoreError {
  return new ObjectStoreError("Unsupported", `no direct I/O in ${folder}: ${reason}; ${REMEDY}`);
}

/** What the system's "invalid argument" means for direct I/O: that it is not to be had here. Other errors as they are. */
export function explainInvalid(error: unknown, call: string): unknown {
  if (nativeCode(error) !== "EINVAL") return error;
  const message = `the system refused a direct ${call} (EINVAL): the file takes no direct I/O, or not so aligned; ${REMEDY}`;
  return new ObjectStoreError("Unsupported", message, { cause: error });
}
