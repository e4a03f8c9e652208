import { randomBytes } from "node:crypto";
import type {
  BlobGetPropertiesResponse,
  BlockBlobCommitBlockListOptions,
  BlockBlobCommitBlockListResponse,
  BlockBlobUploadResponse,
} from "@azure/storage-blob";
import {
  formatChecksum,
  isObjectStoreError,
  type MultipartUpload,
  ObjectStoreError,
  type RequestCall,
  type SinkOptions,
  type SinkReceipt,
  type SinkSummary,
} from "@sluice/core";
import { notOfService, ofService } from "./answer.js";
import { hashOptions } from "./block-hash.js";
import type { AzureContainer } from "./container.js";
import { plainEtag, requestConditions } from "./describe.js";
import { toBlobMetadata, uploadIdOf } from "./metadata.js";
import { blobProperties } from "./read.js";

/** Ids of one blob must have one length; the SDKs' own have 48 bytes, so that blocks they left are in nobody's way. */
const ID_BYTES = 48;

/**
 * One object's way to Azure: one Put Blob, or blocks that a block list makes the object. Blocks are named for this upload, so
 * no other writer's list can take them. Azure has no call that removes blocks: it drops those of a name that no list has taken
 * when another list or blob is put there, else a week after the last one.
 */
export function azureUpload(container: AzureContainer, key: string, sink: SinkOptions): MultipartUpload<string> {
  const { requests, options } = container;
  const { transactionalHash, accessTier: tier, tags } = options;
  const { contentType, metadata } = sink;
  const blob = container.client.getBlockBlobClient(key);
  const uploadId = randomBytes(16).toString("hex");
  const verifiedBy = transactionalHash === "none" ? "none" : "server";

  /** Makes the object visible. If the answer is lost, or is one that a lost one leads to, the object says whose it is. */
  async function publish(
    name: string,
    bytes: number,
    summary: SinkSummary,
    signal: AbortSignal,
    send: Send,
  ): Promise<SinkReceipt> {
    const call = { operation: "finalize", signal, bytes };
    const sent = {
      conditions: requestConditions(sink),
      metadata: toBlobMetadata(metadata, summary, uploadId),
      ...(contentType !== undefined && { blobHTTPHeaders: { blobContentType: contentType } }),
      ...(tier !== undefined && { tier }),
      ...(tags !== undefined && { tags: { ...tags } }),
    };
    let tries = 0;
    try {
      return await requests.run(call, async (abortSignal, attempt) => {
        tries = attempt;
        return { ...versionOf(ofService(await send({ ...sent, abortSignal }), name)), verifiedBy };
      });
    } catch (error) {
      if (isObjectStoreError(error, "Aborted")) throw error;
      const present = await askAfter(call).catch((failure) => {
        if (tries === 1 || isObjectStoreError(failure, "NotFound")) return undefined;
        throw notKnown(failure);
      });
      const isOurs = present !== undefined && uploadIdOf(present.metadata) === uploadId;
      if (isOurs) return { ...versionOf(present), verifiedBy };
      throw explain(error, sink, present?.etag);
    }
  }

  /** The object that is there by now. */
  async function askAfter(call: RequestCall): Promise<BlobGetPropertiesResponse> {
    return requests.run(call, (abortSignal) => blobProperties(blob, { abortSignal }));
  }

  return {
    putWhole: async (bytes, summary, signal) => {
      const hash = hashOptions(transactionalHash, bytes, summary.storedChecksum);
      return publish("Put Blob", bytes.byteLength, summary, signal, (sent) =>
        blob.upload(bytes, bytes.byteLength, { ...sent, ...hash }),
      );
    },
    // The first block begins it.
    begin: async () => undefined,
    putPart: async ({ number, bytes, crc32c }, signal) => {
      const id = Buffer.from(`${uploadId}-${number}`.padEnd(ID_BYTES, "-")).toString("base64");
      const hash = hashOptions(transactionalHash, bytes, formatChecksum(crc32c));
      await requests.run({ operation: "writeChunk", signal, bytes: bytes.byteLength }, async (abortSignal) => {
        ofService(await blob.stageBlock(id, bytes, bytes.byteLength, { ...hash, abortSignal }), "Put Block");
      });
      return id;
    },
    complete: (parts, summary, signal) => {
      const ids = parts.map(({ receipt }) => receipt);
      return publish("Put Block List", 0, summary, signal, (sent) => blob.commitBlockList(ids, sent));
    },
    // There is nothing that could be called without touching another writer's blocks.
    abort: async () => undefined,
  };
}

type Send = (
  options: BlockBlobCommitBlockListOptions,
) => Promise<BlockBlobUploadResponse | BlockBlobCommitBlockListResponse>;

/** A refusal that follows a lost answer may come of what that try made. */
function notKnown(cause: unknown): ObjectStoreError {
  const message = "an answer was lost, and the object could not be asked after: whether it is visible is not known";
  return new ObjectStoreError("Unavailable", message, { cause });
}

/** What the service refuses by a condition, or since another writer was first, in core's words. */
function explain(error: unknown, { ifNotExists, ifMatch }: SinkOptions, presentEtag: string | undefined): unknown {
  const isRefused = isObjectStoreError(error, "AlreadyExists") || isObjectStoreError(error, "PreconditionFailed");
  const isDropped = isObjectStoreError(error) && error.message.startsWith("InvalidBlockList");
  if (!isRefused && !isDropped && !(ifMatch !== undefined && isObjectStoreError(error, "NotFound"))) return error;
  const { statusCode, requestId } = error as ObjectStoreError;
  const details = { statusCode, requestId, cause: error };
  if (ifNotExists === true && presentEtag !== undefined) {
    return new ObjectStoreError("AlreadyExists", "another writer made the object first", details);
  }
  if (ifMatch !== undefined && plainEtag(presentEtag) !== ifMatch) {
    return new ObjectStoreError("PreconditionFailed", "the object is another version by now", details);
  }
  if (!isDropped) return error;
  const message =
    "another writer published the object meanwhile, and with that Azure dropped this one's blocks; write it again";
  return new ObjectStoreError("Unavailable", message, details);
}

function versionOf({ etag, versionId }: { etag?: string; versionId?: string }): SinkReceipt {
  if (!etag) throw notOfService("the answer to a write has no ETag");
  return { etag: plainEtag(etag), ...(versionId !== undefined && { versionId }) };
}
