import type { GetObjectCommandOutput, HeadObjectCommandOutput } from "@aws-sdk/client-s3";
import { type ChecksumAlgorithm, checksumText, type DriverObject } from "@sluice/core";
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

/** The MD5 that an ETag is, in lower-case hex digits; undefined for an ETag of another form. */
export function md5OfEtag(etag: string): string | undefined {
  return /^"?([0-9a-f]{32})"?$/i.exec(etag)?.[1]?.toLowerCase();
}

/** S3's form of a CRC-32C: base64 of its four bytes, the highest first. */
export function toBase64(crc32c: number): string {
  const bytes = Buffer.alloc(4);
  bytes.writeUInt32BE(crc32c >>> 0);
  return bytes.toString("base64");
}

/** The fields of checksums that core can compute, the preferred ones first. */
const CHECKSUM_FIELDS = [
  ["ChecksumCRC32C", "crc32c"],
  ["ChecksumCRC64NVME", "crc64nvme"],
  ["ChecksumCRC32", "crc32"],
  ["ChecksumSHA256", "sha256"],
  ["ChecksumSHA512", "sha512"],
  ["ChecksumSHA1", "sha1"],
  ["ChecksumMD5", "md5"],
] as const;

/** The checksum of all stored bytes, where the server has one. */
function wholeChecksumOf(answer: HeadObjectCommandOutput | GetObjectCommandOutput): string | undefined {
  if (!isOfWholeObject(answer)) return undefined;
  for (const [field, algorithm] of CHECKSUM_FIELDS) {
    const text = textOf(algorithm, answer[field]);
    if (text !== undefined) return text;
  }
  return undefined;
}

/**
 * Whether an answer's checksums are of the object, and not of a part of it or of its parts' checksums. Servers that tell no type
 * may give the latter without a mark, but an object of parts has their number in its ETag.
 */
function isOfWholeObject(answer: HeadObjectCommandOutput | GetObjectCommandOutput): boolean {
  const { ChecksumType, ETag = "" } = answer;
  if ("ContentRange" in answer && answer.ContentRange !== undefined) return false;
  return ChecksumType === undefined ? !/-\d+"?$/.test(ETag) : ChecksumType === "FULL_OBJECT";
}

/** Core's form of a checksum; undefined for one of parts' checksums (`…-3`), and for what is no checksum. */
function textOf(algorithm: ChecksumAlgorithm, base64: string | undefined): string | undefined {
  const bytes = Buffer.from(base64 ?? "", "base64");
  return bytes.toString("base64") === base64 ? checksumText(algorithm, bytes) : undefined;
}
