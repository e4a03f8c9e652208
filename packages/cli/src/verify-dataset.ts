import { isObjectStoreError, type ObjectStore } from "@sluice/core";
import { MAX_BAD_RANGES, type VerifyReport, verifyObject } from "@sluice/datagen";
import { forEachAbortable } from "./concurrent.js";
import type { ExpectedObject, ParsedDataset } from "./parse-dataset.js";
import type { Progress } from "./progress.js";
import { rangesOf, type Sample } from "./sample.js";
import type { VerifyLog } from "./verify-log.js";

/** An object that is not what the dataset says. */
export interface BadObject extends Partial<Omit<VerifyReport, "ok">> {
  readonly index: number;
  readonly key: string;
  readonly uri: string;
  /** `missing`; `damaged`: bytes are wrong, missing or too many; `manifest`: the manifest has another checksum. */
  readonly reason: "missing" | "damaged" | "manifest";
}

export interface VerifyDatasetOptions {
  readonly concurrency: number;
  readonly progress: Progress;
  readonly signal: AbortSignal;
  /** Default: all bytes. */
  readonly sample?: Sample;
  /** Told of every object, and asked which ones an earlier run has looked at. */
  readonly log?: VerifyLog;
}

/** Compares the objects of a dataset with their recipes' bytes, and tells which are bad, in the order of their indexes. */
export async function verifyDataset(
  store: ObjectStore,
  { dataset, objects }: ParsedDataset,
  { concurrency, progress, signal, sample, log }: VerifyDatasetOptions,
): Promise<readonly BadObject[]> {
  const decode = dataset.compression === "none" ? false : dataset.compression.codec;
  const bad = new Map<number, BadObject>((log?.earlierBad ?? []).map((object) => [object.index, object]));
  await forEachAbortable(objects(), concurrency, signal, async (object, either) => {
    if (log?.hasDone(object.index) === true) return;
    let before = 0;
    const onProgress = (bytes: number) => {
      progress.addBytes(bytes - before);
      before = bytes;
    };
    const options = { decode, signal: either, onProgress };
    const found = await verifyOne(store, object, options, sample);
    if (found !== undefined) bad.set(object.index, found);
    await log?.add(object.index, found);
    progress.addObject();
  });
  return [...bad.entries()].sort(([first], [second]) => first - second).map(([, object]) => object);
}

type ReadOptions = Omit<NonNullable<Parameters<typeof verifyObject>[3]>, "range">;

async function verifyOne(
  store: ObjectStore,
  object: ExpectedObject,
  options: ReadOptions,
  sample: Sample | undefined,
): Promise<BadObject | undefined> {
  const { index, key, checksum, recipe } = object;
  const found = { index, key, uri: store.uriOf(key) };
  try {
    if (sample !== undefined) return await verifySample(store, object, options, sample);
    const { ok, ...report } = await verifyObject(store, key, recipe, options);
    if (!ok) return { ...found, reason: "damaged", ...report };
    return checksum === undefined || report.checksum === checksum
      ? undefined
      : { ...found, reason: "manifest", ...report };
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return { ...found, reason: "missing" };
    throw error;
  }
}

/** Looks at all ranges of a sample, at least at one, and adds up what is bad in them. */
async function verifySample(
  store: ObjectStore,
  { index, key, recipe, storedSize }: ExpectedObject,
  { onProgress, ...options }: ReadOptions,
  sample: Sample,
): Promise<BadObject | undefined> {
  let done = 0;
  let bad: BadObject | undefined;
  const sized = { ...options, ...(storedSize !== undefined && { storedSize }) };
  for (const range of rangesOf(recipe, index, sample)) {
    const { ok, checksum: _ofRange, ...report } = await verifyObject(store, key, recipe, { ...sized, range });
    done += report.actualBytes;
    onProgress?.(done);
    if (ok) continue;
    const { expectedBytes = 0, actualBytes = 0, bytesCompared = 0, badBlocks = 0, badBytes = 0, badRanges } = bad ?? {};
    bad = {
      ...{ index, key, uri: store.uriOf(key), reason: "damaged", ...report, ...bad },
      expectedBytes: expectedBytes + report.expectedBytes,
      actualBytes: actualBytes + report.actualBytes,
      bytesCompared: bytesCompared + report.bytesCompared,
      badBlocks: badBlocks + report.badBlocks,
      badBytes: badBytes + report.badBytes,
      badRanges: [...(badRanges ?? []), ...(report.badRanges ?? [])].slice(0, MAX_BAD_RANGES),
    };
    // The whole object is of another length: its other ranges say the same.
    if (report.damage !== undefined) return bad;
  }
  return bad;
}
