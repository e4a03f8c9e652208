import type { ObjectStore, VerifiedBy, WriterOptions } from "@sluice/core";
import { CommandError, IncompleteRunError } from "./command-error.js";
import { forEachAbortable } from "./concurrent.js";
import { copyObject } from "./copy-object.js";
import { formatCount, formatName } from "./format.js";
import type { Progress } from "./progress.js";
import { contentName } from "./read-options.js";
import { compressedName, withOwnTargets } from "./target-name.js";
import type { ToldFailures } from "./told-failures.js";
import { ignore, type ListedObject, type OnUnlistable, objectsOf, type Tree } from "./tree.js";

export interface CopyTreeOptions {
  readonly from: Tree;
  readonly to: ObjectStore;
  readonly decode: boolean;
  /** Compares the sources with what their store keeps of them. */
  readonly verify: boolean;
  readonly concurrency: number;
  readonly writer: WriterOptions;
  /** Told of each name that could not be copied, which then does not stop the others. */
  readonly failures?: ToldFailures;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface CopyTotals {
  readonly objects: number;
  readonly bytes: number;
  readonly storedBytes: number;
  /** Objects of no bytes whose key ends in `/`: folders to those who made them, where the target has no such keys. */
  readonly skipped: number;
  /** How many sources were verified by what. */
  readonly verifiedBy: Readonly<VerifiedCounts>;
}

type VerifiedCounts = { [Name in VerifiedBy]?: number };

/**
 * Copies all objects of a tree, as they are listed; the first failure stops it, unless `failures` is told of it. What was copied by
 * then stays. Two objects that would be decoded into one are refused before anything is written.
 */
export async function copyTree(options: CopyTreeOptions): Promise<CopyTotals> {
  const { from, decode, concurrency, signal, failures } = options;
  const verified: VerifiedCounts = {};
  const totals = { objects: 0, bytes: 0, storedBytes: 0, skipped: 0, verifiedBy: verified };
  if (decode) for await (const _ of sourcesOf(options, failures && ignore));
  try {
    await forEachAbortable(
      sourcesOf(options, failures?.unlistableIn(from)),
      concurrency,
      signal,
      async (object, either) => {
        if (isFolderMarker(object, options)) {
          totals.skipped++;
          return;
        }
        try {
          const { result, verifiedBy } = await copyOne(object, options, either);
          totals.objects++;
          totals.bytes += result.size;
          totals.storedBytes += result.storedSize;
          verified[verifiedBy] = (verified[verifiedBy] ?? 0) + 1;
          options.progress.addObject();
        } catch (error) {
          if (failures === undefined || either.aborted) throw error;
          await failures.tell(from.store.uriOf(object.key), error);
        }
      },
    );
  } catch (error) {
    const { objects } = totals;
    throw new IncompleteRunError(error, `copied ${formatCount(objects, "object")} before`, { copied: objects });
  }
  return totals;
}

function sourcesOf(
  { from, decode, signal }: CopyTreeOptions,
  onUnlistable: OnUnlistable | undefined,
): AsyncIterable<ListedObject> {
  const objects = objectsOf(from, signal, onUnlistable);
  if (!decode) return objects;
  const nameOf = (key: string): string => formatName(from.store.uriOf(key));
  return withOwnTargets(
    objects,
    (key) => contentName(key, true),
    (first, second) => {
      const message = `${nameOf(first)} and ${nameOf(second)} have one name when they are decoded; copy them to different places`;
      return new CommandError("Usage", message, from.uri);
    },
  );
}

/** Made by consoles to show a folder. It holds nothing, and where keys are paths of files there is no such key. */
function isFolderMarker({ key, size }: ListedObject, { from, to }: CopyTreeOptions): boolean {
  return size === 0 && key.endsWith("/") && (key === from.prefix || !to.capabilities.anyKey);
}

async function copyOne({ key }: ListedObject, options: CopyTreeOptions, signal: AbortSignal) {
  const { from, to, decode, verify, writer, progress } = options;
  const name = contentName(key.slice(from.prefix.length), decode);
  // With an extension behind its final slash an object would have another folder's name.
  const compression = name.endsWith("/") ? "none" : (writer.compression ?? "none");
  return copyObject({
    ...{ decode, verify, progress, signal, writer: { ...writer, compression } },
    from: { store: from.store, key },
    to: { store: to, key: compressedName(name, name, compression) },
  });
}
