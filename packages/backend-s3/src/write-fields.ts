import type { CopyObjectCommandInput, PutObjectCommandInput } from "@aws-sdk/client-s3";
import type { S3WriteOptions } from "./options.js";

/** Of objects that are given none. */
export const DEFAULT_CONTENT_TYPE = "application/octet-stream";

type KeyFields = Pick<PutObjectCommandInput, "SSECustomerAlgorithm" | "SSECustomerKey">;
type SourceKeyFields = Pick<CopyObjectCommandInput, "CopySourceSSECustomerAlgorithm" | "CopySourceSSECustomerKey">;
type WriteFields = KeyFields & Pick<PutObjectCommandInput, "StorageClass" | "ServerSideEncryption" | "SSEKMSKeyId">;

/** What a new object gets besides its bytes, as fields of PutObject, CreateMultipartUpload and CopyObject. */
export function writeFields({
  storageClass,
  serverSideEncryption,
  sseKmsKeyId,
  sseCustomerKey,
}: S3WriteOptions): WriteFields {
  return {
    ...(storageClass !== undefined && { StorageClass: storageClass as "STANDARD" }),
    ...(serverSideEncryption !== undefined && { ServerSideEncryption: serverSideEncryption }),
    ...(sseKmsKeyId !== undefined && { SSEKMSKeyId: sseKmsKeyId }),
    ...keyFields(sseCustomerKey),
  };
}

/** The caller's own key, which every request that touches the bytes has to carry. The SDK adds its MD5. */
export function keyFields(sseCustomerKey: Uint8Array | undefined): KeyFields {
  if (sseCustomerKey === undefined) return {};
  return { SSECustomerAlgorithm: "AES256", SSECustomerKey: Buffer.from(sseCustomerKey).toString("base64") };
}

/** The same key for the source of a copy. */
export function sourceKeyFields(sseCustomerKey: Uint8Array | undefined): SourceKeyFields {
  if (sseCustomerKey === undefined) return {};
  const key = Buffer.from(sseCustomerKey).toString("base64");
  return { CopySourceSSECustomerAlgorithm: "AES256", CopySourceSSECustomerKey: key };
}

/** Tags as S3 takes them, a query. */
export function tagging(tags: S3WriteOptions["tags"]): Pick<PutObjectCommandInput, "Tagging"> {
  if (tags === undefined) return {};
  const pairs = Object.entries(tags).map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`);
  return { Tagging: pairs.join("&") };
}
