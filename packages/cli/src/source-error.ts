import { fromNodeError } from "@sluice/core/local";
import { CommandError } from "./command-error.js";

/** An error of reading a file, with the file's URI where there is none. */
export function ofFile(error: unknown, path: string): Error {
  if (error instanceof CommandError) return error;
  const known = fromNodeError(error);
  return known.uri === undefined ? Object.assign(known, { uri: `file://${path}` }) : known;
}
