import type { BlobGetPropertiesResponse, BlobRequestConditions } from "@azure/storage-blob";
import type { DriverObject } from "@sluice/core";
import { notOfService } from "./answer.js";
import { fromBlobMetadata } from "./metadata.js";

/** What answers and listings tell of a blob. */
type BlobFacts = {
  readonly [Name in
    | "contentLength"
    | "etag"
    | "lastModified"
    | "contentType"
    | "contentMD5"
    | "blobType"
    | "versionId"
    | "metadata"]?: BlobGetPropertiesResponse[Name] | undefined;
};

const MD5_BYTES = 16;

/**
 * Facts of the blob under `key`. Unavailable where the answer lacks size, etag or time, which the service always tells.
 * `contentMD5` is that of the whole blob, which this package's own checksums go before. Listings carry no metadata, so they tell
 * of none and of no checksums.
 */
export function describe(key: string, facts: BlobFacts): DriverObject {
  const { contentType, versionId, metadata, contentMD5, blobType } = facts;
  const { contentLength: bytes = -1, lastModified: time } = facts;
  const size = given(key, "Content-Length", bytes, Number.isSafeInteger(bytes) && bytes >= 0);
  const etag = given(key, "ETag", plainEtag(facts.etag), plainEtag(facts.etag) !== "");
  const lastModified = given(key, "Last-Modified", time, Number.isFinite(time?.getTime()));
  // Blobs that are appended to or written by pages keep the hash that they began with.
  const hasMd5 = blobType === "BlockBlob" && metadata !== undefined && contentMD5?.byteLength === MD5_BYTES;
  return {
    key,
    size,
    etag,
    lastModified,
    ...(contentType !== undefined && { contentType }),
    ...(versionId !== undefined && { versionId }),
    ...(hasMd5 && { storedChecksum: `md5:${Buffer.from(contentMD5).toString("hex")}` }),
    ...(metadata !== undefined && fromBlobMetadata(metadata, size)),
  };
}

function given<Value>(key: string, name: string, value: Value | undefined, isGiven: boolean): Value {
  if (isGiven && value !== undefined) return value;
  throw notOfService(`an answer about ${JSON.stringify(key)} has no ${name}`);
}

/** The service's conditions for core's. */
export function requestConditions(conditions: {
  readonly ifNotExists?: boolean | undefined;
  readonly ifMatch?: string | undefined;
}): BlobRequestConditions {
  const { ifNotExists, ifMatch } = conditions;
  return { ...(ifNotExists && { ifNoneMatch: "*" }), ...(ifMatch !== undefined && { ifMatch: `"${ifMatch}"` }) };
}

/** An etag as listings have it: headers have it in quotes. */
export function plainEtag(etag = ""): string {
  return etag.replace(/^"(.*)"$/, "$1");
}
