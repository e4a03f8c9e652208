import {
  type Codec,
  checkOptions,
  type ObjectStore,
  ObjectStoreError,
  openObject,
  openStore,
  type StoreRegistry,
  throwIfAborted,
} from "@sluice/core";
import { Meter } from "./meter.js";
import { METER_OPTION_NAMES, type MeterOptions } from "./meter-options.js";
import type { MeasureReport } from "./report.js";

/** What to measure: an object's URI, a URI that ends in `/` for all objects below, or keys of an open store. */
export type MeasureSource =
  | string
  | { readonly store: ObjectStore; readonly keys: Iterable<string> | AsyncIterable<string> };

/** A meter's options, and how to read what it measures. */
export interface MeasureOptions extends MeterOptions {
  /** As `get` takes it: by the keys' extensions, or a codec. Default false: bytes as they are stored. */
  readonly decode?: boolean | Codec;
  readonly signal?: AbortSignal;
  /** Told how many bytes have been read so far, after each chunk. */
  readonly onProgress?: (bytes: number) => void;
  /** Told of each object that can't be read to its end, which then does not end the run. What was read of it counts, as an object. */
  readonly onFailure?: (failure: MeasureFailure) => void | Promise<void>;
  /** Where to look the URI's scheme up; only with a URI. Default: the process-wide registry. */
  readonly registry?: StoreRegistry;
  /** Options of the backend; only with a URI. */
  readonly backendOptions?: Readonly<Record<string, unknown>>;
}

/** An object that could not be measured, or not to its end. */
export interface MeasureFailure {
  readonly key: string;
  readonly error: unknown;
  /** How many bytes of it were measured before. */
  readonly bytes: number;
}

const OPERATION = "measure";
const OWN_NAMES: readonly string[] = ["decode", "signal", "onProgress", "onFailure", "registry", "backendOptions"];

/**
 * Measures how far data of any origin compresses and deduplicates, in one pass and bounded memory (see {@link Meter}). Rejects
 * with InvalidArgument before any I/O for options outside of their limits, and with the store's errors where data can't be read.
 */
export async function measure(source: MeasureSource, options: MeasureOptions = {}): Promise<MeasureReport> {
  checkOptions(options, [...METER_OPTION_NAMES, ...OWN_NAMES], OPERATION);
  const { decode = false, signal, onProgress, onFailure, registry, backendOptions, ...meterOptions } = options;
  throwIfAborted(signal, OPERATION);
  const meter = await Meter.create(meterOptions);
  const opened = await openSource(source, {
    ...(registry !== undefined && { registry }),
    ...(backendOptions !== undefined && { backendOptions }),
    ...(signal !== undefined && { signal }),
  });
  let bytes = 0;
  try {
    for await (const key of opened.keys) {
      const before = bytes;
      try {
        const object = await opened.store.get(key, { decode, ...(signal !== undefined && { signal }) });
        for await (const chunk of object) {
          await meter.add(chunk);
          throwIfAborted(signal, OPERATION);
          bytes += chunk.byteLength;
          onProgress?.(bytes);
        }
      } catch (error) {
        if (onFailure === undefined || signal?.aborted === true) throw error;
        await onFailure({ key, error, bytes: bytes - before });
        if (bytes === before) continue;
      }
      await meter.endObject();
    }
    return await meter.report();
  } finally {
    await opened.close();
  }
}

interface OpenedSource {
  readonly store: ObjectStore;
  readonly keys: Iterable<string> | AsyncIterable<string>;
  readonly close: () => Promise<void>;
}

async function openSource(source: MeasureSource, options: Parameters<typeof openStore>[1]): Promise<OpenedSource> {
  if (typeof source === "string") {
    if (source.endsWith("/")) {
      const store = await openStore(source, options);
      return { store, keys: keysOf(store, options?.signal), close: () => store.close() };
    }
    const { store, key } = await openObject(source, options);
    return { store, keys: [key], close: () => store.close() };
  }
  if (typeof source?.store?.get !== "function" || source.keys === undefined) {
    throw new ObjectStoreError("InvalidArgument", `${OPERATION}: the source must be a URI or { store, keys }`, {
      operation: OPERATION,
    });
  }
  return { ...source, close: async () => undefined };
}

async function* keysOf(store: ObjectStore, signal: AbortSignal | undefined): AsyncGenerator<string, void, void> {
  for await (const entry of store.list(signal === undefined ? {} : { signal })) {
    if (entry.kind === "object") yield entry.key;
  }
}
