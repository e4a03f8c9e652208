import type { ObjectStore, WriterOptions } from "@sluice/core";
import { IncompleteRunError } from "./command-error.js";
import { forEachAbortable } from "./concurrent.js";
import { copyObject } from "./copy-object.js";
import { formatCount } from "./format.js";
import type { Progress } from "./progress.js";
import { contentName } from "./read-options.js";

export interface CopyTreeOptions {
  readonly from: ObjectStore;
  readonly to: ObjectStore;
  readonly decode: boolean;
  readonly concurrency: number;
  readonly writer: WriterOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface CopyTotals {
  readonly objects: number;
  readonly bytes: number;
  readonly storedBytes: number;
}

/** Copies all objects of a store, as they are listed; the first failure stops it, and what was copied by then stays. */
export async function copyTree(options: CopyTreeOptions): Promise<CopyTotals> {
  const { from, to, decode, concurrency, writer, progress, signal } = options;
  let objects = 0;
  let bytes = 0;
  let storedBytes = 0;
  try {
    await forEachAbortable(from.list({ signal }), concurrency, signal, async (entry, either) => {
      if (entry.kind !== "object") return;
      const { key } = entry;
      const result = await copyObject({
        ...{ decode, writer, progress, signal: either },
        from: { store: from, key },
        to: { store: to, key: contentName(key, decode) },
      });
      objects++;
      bytes += result.size;
      storedBytes += result.storedSize;
      progress.addObject();
    });
  } catch (error) {
    throw new IncompleteRunError(error, `copied ${formatCount(objects, "object")} before`);
  }
  return { objects, bytes, storedBytes };
}
