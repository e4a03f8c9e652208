/**
 * Where a condition (`ifNotExists`, `ifMatch`) holds: `always`; `whole`, only for objects put in one request, which are
 * those that fit into one part; `never`.
 */
export type ConditionSupport = "always" | "whole" | "never";

/** Which software answers. S3 has no call that tells, and some ignore a condition without a word. */
export type S3Server = "aws" | "minio" | "ceph" | "swift" | "r2" | "gcs";

/** What a server is known to do. */
export interface ServerProfile {
  readonly ifNotExists: ConditionSupport;
  readonly ifMatch: ConditionSupport;
  /** CopyObject takes `If-None-Match`. */
  readonly conditionalCopy: boolean;
  /** Copies take `x-amz-copy-source-if-match` with the ETag of an object of parts. */
  readonly pinsCopies: boolean;
  /** DeleteObjects. Without it objects are deleted one by one. */
  readonly deletesMany: boolean;
  /** All parts but the last must be equal. */
  readonly equalParts: boolean;
}

const AWS: ServerProfile = {
  ifNotExists: "always",
  ifMatch: "always",
  conditionalCopy: true,
  pinsCopies: true,
  deletesMany: true,
  equalParts: false,
};

/**
 * Ceph 18 and Swift 2.35 as tried by the tests; AWS and MinIO by their makers' documentation; R2 and GCS by cautious
 * assumptions: what is not clearly promised is taken to be missing. Ceph 18 ignores conditions of
 * CompleteMultipartUpload and CopyObject, and its If-Match does not hold against racing writers. Swift answers 501 to
 * conditions of PutObject, and compares the ETags of copies' sources with ones that it never shows.
 */
export const SERVER_PROFILES: Readonly<Record<S3Server, ServerProfile>> = {
  aws: AWS,
  minio: { ...AWS, conditionalCopy: false },
  ceph: { ...AWS, ifNotExists: "whole", ifMatch: "never", conditionalCopy: false },
  swift: { ...AWS, ifNotExists: "never", ifMatch: "never", conditionalCopy: false, pinsCopies: false },
  r2: { ...AWS, ifNotExists: "whole", ifMatch: "whole", conditionalCopy: false, equalParts: true },
  gcs: { ...AWS, ifNotExists: "never", ifMatch: "never", conditionalCopy: false, deletesMany: false },
};
