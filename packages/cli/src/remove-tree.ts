import type { ObjectStore } from "@sluice/core";
import { IncompleteRunError } from "./command-error.js";
import { formatCount } from "./format.js";
import type { Progress } from "./progress.js";

/** Objects of one delete request, which is what S3 takes at most. */
const BATCH_OBJECTS = 1000;

/** Removes all objects of a store and tells how many; those that could not be removed make it fail at the end. */
export async function removeTree(store: ObjectStore, progress: Progress, signal: AbortSignal): Promise<number> {
  const failures: unknown[] = [];
  let removed = 0;
  let batch: string[] = [];
  const removeBatch = async (): Promise<void> => {
    const results = await store.deleteMany(batch, { signal });
    batch = [];
    for (const { error } of results) {
      if (error !== undefined) failures.push(error);
      else {
        removed++;
        progress.addObject();
      }
    }
  };
  for await (const entry of store.list({ signal })) {
    if (entry.kind === "object" && batch.push(entry.key) === BATCH_OBJECTS) await removeBatch();
  }
  await removeBatch();
  if (failures.length === 0) return removed;
  const left = `${formatCount(failures.length, "object")} could not be removed, ${removed} were`;
  throw new IncompleteRunError(failures[0], left);
}
