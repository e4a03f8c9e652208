import type { CreateMultipartUploadCommandInput, S3Client } from "@aws-sdk/client-s3";

/**
 * What a server does with CRC-32C on multipart uploads. `full`: it checks every part and the whole object. `composite`: parts
 * alone, and what it says about the whole is a checksum of checksums. `none`: it is not even told.
 */
export type ChecksumMode = "full" | "composite" | "none";

const learnt = new WeakMap<S3Client, Map<string, ChecksumMode>>();

/** The mode that a bucket's server was found to have, for as long as its client lives. */
export function learntMode(client: S3Client, bucket: string): ChecksumMode | undefined {
  return learnt.get(client)?.get(bucket);
}

export function learnMode(client: S3Client, bucket: string, mode: ChecksumMode): void {
  const buckets = learnt.get(client) ?? new Map<string, ChecksumMode>();
  buckets.set(bucket, mode);
  learnt.set(client, buckets);
}

/** The next lesser mode. */
export function lesserMode(mode: ChecksumMode): ChecksumMode | undefined {
  if (mode === "full") return "composite";
  return mode === "composite" ? "none" : undefined;
}

/** Fields of CreateMultipartUpload. */
export function creationFields(
  mode: ChecksumMode,
): Pick<CreateMultipartUploadCommandInput, "ChecksumAlgorithm" | "ChecksumType"> {
  if (mode === "none") return {};
  return { ChecksumAlgorithm: "CRC32C", ...(mode === "full" && { ChecksumType: "FULL_OBJECT" }) };
}
