import { MultipartSink, type PartLimits, planParts, readByRanges, type StoreDriver } from "@sluice/core";
import type { AzureContainer } from "./container.js";
import { copyBlob } from "./copy.js";
import { deleteBlob, deleteBlobs } from "./delete.js";
import { checkBlobKey, MAX_KEY_BYTES } from "./key.js";
import { listBlobs } from "./list.js";
import { checkMetadata } from "./metadata.js";
import { MAX_BLOCK_BYTES } from "./options.js";
import { blobSource } from "./read.js";
import { sweepBlocks } from "./sweep.js";
import { azureUpload } from "./upload.js";

/** https://learn.microsoft.com/azure/storage/blobs/scalability-targets */
const LIMITS: PartLimits = {
  maxParts: 50_000,
  minPartBytes: 1,
  maxPartBytes: MAX_BLOCK_BYTES,
  maxObjectBytes: 50_000 * MAX_BLOCK_BYTES,
};

/** Block blobs of one container. */
export function azureDriver(container: AzureContainer): StoreDriver {
  const { partBytes, partsInFlight } = container.options;
  return {
    backend: "azure",
    capabilities: {
      ifNotExists: true,
      ifMatch: true,
      atomicRename: false,
      metadata: true,
      anyKey: false,
      keyBelowKey: true,
      maxKeyBytes: MAX_KEY_BYTES,
    },
    checkKey: checkBlobKey,
    openSink: async (key, sinkOptions) => {
      const { metadata, storedSize: storedBytes, signal } = sinkOptions;
      checkMetadata(metadata, "createWriter");
      const plan = planParts(LIMITS, { partBytes, storedBytes }, "createWriter");
      return new MultipartSink(azureUpload(container, key, sinkOptions), plan, { partsInFlight, signal });
    },
    head: (key, signal) => blobSource(container, key).head({ signal }),
    read: (key, readOptions) => readByRanges(blobSource(container, key), readOptions, container.options),
    list: (listOptions) => listBlobs(container, listOptions),
    delete: (key, deleteOptions) => deleteBlob(container, key, deleteOptions),
    deleteMany: (keys, signal) => deleteBlobs(container, keys, signal),
    copy: (source, target, copyOptions) => copyBlob(container, source, target, copyOptions),
    sweep: (sweepOptions) => sweepBlocks(container, sweepOptions),
    // Connections are the process's: they serve other stores, and end when they are idle.
    close: async () => undefined,
  };
}
