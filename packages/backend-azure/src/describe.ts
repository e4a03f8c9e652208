import type { BlobGetPropertiesResponse, BlobRequestConditions } from "@azure/storage-blob";
import type { DriverObject } from "@sluice/core";
import { fromBlobMetadata } from "./metadata.js";

/** What answers and listings tell of a blob. */
type BlobFacts = {
  readonly [Name in "contentLength" | "etag" | "lastModified" | "contentType" | "versionId" | "metadata"]?:
    | BlobGetPropertiesResponse[Name]
    | undefined;
};

/** Facts of `size` bytes under `key`. Listings carry no metadata, so they tell of none and of no checksums. */
export function describe(key: string, facts: BlobFacts, size: number = facts.contentLength ?? 0): DriverObject {
  const { etag, lastModified = new Date(0), contentType, versionId, metadata } = facts;
  const { uploadId: _own, ...kept } = fromBlobMetadata(metadata);
  return {
    key,
    size,
    etag: plainEtag(etag),
    lastModified,
    ...(contentType !== undefined && { contentType }),
    ...(versionId !== undefined && { versionId }),
    ...(metadata !== undefined && kept),
  };
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
