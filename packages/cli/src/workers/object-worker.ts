import { workerData } from "node:worker_threads";
import { type ObjectStore, openStore, serveRequests, type WriteResult, type WriterOptions } from "@sluice/core";
import { type Recipe, StreamingDataWriter } from "@sluice/datagen";
import { CommandRegistry } from "../command-registry.js";

/** Where a thread writes: it opens the store for itself. */
export interface ObjectWorkerData {
  readonly workingFolder: string;
  readonly uri: string;
  readonly backendOptions: Readonly<Record<string, unknown>>;
}

export interface ObjectRequest {
  readonly key: string;
  readonly recipe: Recipe;
  readonly writer: WriterOptions;
}

/** Bytes that were generated since the last notice. */
export type GeneratedBytes = number;

/** The main thread is told that often. */
const NOTICE_BYTES = 1 << 20;

const { workingFolder, uri, backendOptions } = workerData as ObjectWorkerData;
let opened: Promise<ObjectStore> | undefined;

function store(): Promise<ObjectStore> {
  opened ??= openStore(uri, { registry: new CommandRegistry(workingFolder), backendOptions });
  return opened;
}

serveRequests<ObjectRequest, WriteResult, GeneratedBytes>(
  async ({ key, recipe, writer: options }, { signal, notify }) => {
    const target = { store: await store(), key };
    const writer = await StreamingDataWriter.create(target, { ...recipe, writer: options });
    try {
      let told = 0;
      const onProgress = (bytes: number): void => {
        if (bytes - told < NOTICE_BYTES && bytes < recipe.size) return;
        notify(bytes - told);
        told = bytes;
      };
      await writer.generateRemaining({ signal, onProgress });
      return await writer.finalize();
    } catch (error) {
      await writer.cancel().catch(() => undefined);
      throw error;
    }
  },
);
