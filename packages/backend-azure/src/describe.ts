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
    | "versionId"
    | "metadata"]?: BlobGetPropertiesResponse[Name] | undefined;
};

/**
 * Facts of the blob under `key`. Unavailable where the answer lacks size, etag or time, which the service always tells.
 * Listings carry no metadata, so they tell of none and of no checksums.
 */
export function describe(key: string, facts: BlobFacts): DriverObject {
  const { contentType, versionId, metadata } = facts;
  const size = given(key, "Content-Length", facts.contentLength, Number.isSafeInteger(facts.contentLength));
  const etag = given(key, "ETag", plainEtag(facts.etag), Boolean(facts.etag));
  const time = facts.lastModified?.getTime();
  const lastModified = given(key, "Last-Modified", facts.lastModified, Number.isFinite(time));
  return {
    key,
    size,
    etag,
    lastModified,
    ...(contentType !== undefined && { contentType }),
    ...(versionId !== undefined && { versionId }),
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
