import { CommandError, IncompleteRunError } from "./command-error.js";
import { formatCount, formatName } from "./format.js";
import type { Progress } from "./progress.js";
import type { ToldFailures } from "./told-failures.js";
import { ignore, type OnUnlistable, objectsOf, type Tree } from "./tree.js";

/** Objects of one delete request, which is what S3 takes at most. */
const BATCH_OBJECTS = 1000;

/** What was removed so far; it stays true when the removal fails, whether a listing or a delete does. */
export class Removal {
  readonly #progress: Progress;
  #removed = 0;

  constructor(progress: Progress) {
    this.#progress = progress;
  }

  get removed(): number {
    return this.#removed;
  }

  add(): void {
    this.#removed++;
    this.#progress.addObject();
  }

  /** The error of a removal that failed, with how much was done before. */
  failure(error: unknown): IncompleteRunError {
    const outcome = this.#removed === 0 ? "" : `removed ${formatCount(this.#removed, "object")} before`;
    return new IncompleteRunError(error, outcome, { removed: this.#removed });
  }
}

/**
 * Removes all objects of a tree, and proves by a second listing that none is left. Objects that could not be removed make it
 * fail at the end. Names that can't be an object's end it, unless `unlistable` is told of them.
 */
export async function removeTree(
  tree: Tree,
  removal: Removal,
  signal: AbortSignal,
  unlistable?: ToldFailures,
): Promise<void> {
  const failures: unknown[] = [];
  let batch: string[] = [];
  const removeBatch = async (): Promise<void> => {
    const results = await tree.store.deleteMany(batch, { signal });
    batch = [];
    for (const { error } of results) {
      if (error === undefined) removal.add();
      else failures.push(error);
    }
  };
  const objects = objectsOf(tree, signal, unlistable?.unlistableIn(tree));
  for await (const { key } of objects) if (batch.push(key) === BATCH_OBJECTS) await removeBatch();
  await removeBatch();
  if (failures.length > 0) {
    throw new IncompleteRunError(failures[0], `${formatCount(failures.length, "object")} could not be removed`);
  }
  await proveEmpty(tree, signal, unlistable && ignore);
}

/** A store may list an object for a moment after its removal: what is listed counts if it is there. */
async function proveEmpty(tree: Tree, signal: AbortSignal, onUnlistable: OnUnlistable | undefined): Promise<void> {
  for await (const { key } of objectsOf(tree, signal, onUnlistable)) {
    if (!(await tree.store.exists(key, { signal }))) continue;
    const message = `${formatName(tree.store.uriOf(key))} is there after all below ${tree.uri} was removed: it is being written to`;
    throw new CommandError("Incomplete", `${message}, or objects come back; remove them again`, tree.uri);
  }
}
