import { isObjectStoreError, ObjectStoreError } from "@sluice/core";
import type { CommandContext } from "./context.js";
import { holdsObjects } from "./tree.js";

/** What `act` gives of the object at `uri`; where that is no object but objects lie below it, the NotFound says so. */
export async function orBelow<T>(context: CommandContext, uri: string, act: Promise<T>): Promise<T> {
  try {
    return await act;
  } catch (error) {
    const isMissing = isObjectStoreError(error, "NotFound") && error.uri === uri;
    if (!isMissing || !(await holdsBelow(context, uri))) throw error;
    const message = `${uri} is no object: there are objects below it, which sluice ls lists and sluice cp --recursive copies`;
    throw new ObjectStoreError("NotFound", message, { uri, cause: error });
  }
}

/** A place that can't be listed tells nothing better than the first error did. */
async function holdsBelow(context: CommandContext, uri: string): Promise<boolean> {
  try {
    return await holdsObjects(await context.openTree(uri), context.signal);
  } catch {
    return false;
  }
}
