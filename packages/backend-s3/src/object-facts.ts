import type { GetObjectCommandOutput, HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { type DriverObject, formatChecksum } from "@sluice/core";
import { WRITE_ID } from "./metadata.js";

/** What an answer to HeadObject or GetObject says about the object. */
export function factsOf(
  key: string,
  answer: HeadObjectCommandOutput | GetObjectCommandOutput,
  size: number,
): DriverObject {
  const { ETag, LastModified, VersionId, ContentType, Metadata } = answer;
  const storedChecksum = wholeChecksumOf(answer);
  const { [WRITE_ID]: _, ...metadata } = Metadata ?? {};
  return {
    key,
    size,
    etag: quoted(ETag ?? ""),
    lastModified: LastModified ?? new Date(0),
    ...(storedChecksum !== undefined && { storedChecksum }),
    ...(VersionId !== undefined && { versionId: VersionId }),
    ...(ContentType !== undefined && { contentType: ContentType }),
    metadata,
  };
}

/** ETags with their quotes: Ceph leaves them out in the answer to CompleteMultipartUpload. */
export function quoted(etag: string): string {
  return etag === "" || etag.startsWith('"') || etag.startsWith("W/") ? etag : `"${etag}"`;
}

/** S3's form of a CRC-32C: base64 of its four bytes, the highest first. */
export function toBase64(crc32c: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32c >>> 0);
  return bytes.toString("base64");
}

/**
 * The CRC-32C of all stored bytes, where the server has it. A composite one (`…-3`, a CRC of the parts' CRCs) is not the CRC
 * of the object and is left out.
 */
function wholeChecksumOf({ ChecksumCRC32C, ChecksumType }: HeadObjectCommandOutput | GetObjectCommandOutput) {
  if (ChecksumCRC32C === undefined || ChecksumType === "COMPOSITE" || ChecksumCRC32C.includes("-")) return undefined;
  const bytes = Buffer.from(ChecksumCRC32C, "base64");
  return bytes.byteLength === 4 ? formatChecksum(bytes.readUInt32BE()) : undefined;
}
