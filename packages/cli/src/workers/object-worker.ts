import { workerData } from "node:worker_threads";
import { type ObjectStore, openStore, serveRequests, type WriteResult } from "@sluice/core";
import { CommandRegistry } from "../command-registry.js";
import { generateObject, type ObjectRequest } from "../generate-object.js";

/** Where a thread writes: it opens the store for itself. */
export interface ObjectWorkerData {
  readonly workingFolder: string;
  readonly uri: string;
  readonly backendOptions: Readonly<Record<string, unknown>>;
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

serveRequests<ObjectRequest, WriteResult, GeneratedBytes>(async (request, { signal, notify }) => {
  let untold = 0;
  const onBytes = (bytes: number): void => {
    untold += bytes;
    if (untold >= NOTICE_BYTES) tell();
  };
  const tell = (): void => {
    notify(untold);
    untold = 0;
  };
  const result = await generateObject(await store(), request, { signal, onBytes });
  tell();
  return result;
});
