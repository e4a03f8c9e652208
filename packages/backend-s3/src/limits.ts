import type { PartLimits } from "@sluice/core";

const GIB = 1024 ** 3;

/** https://docs.aws.amazon.com/AmazonS3/latest/userguide/qfacts.html */
export const S3_LIMITS: PartLimits = {
  maxParts: 10_000,
  minPartBytes: 5 << 20,
  maxPartBytes: 5 * GIB,
  maxObjectBytes: 5 * 1024 * GIB,
};

/** Up to here the MD5 of an object's bytes costs less than a request. */
export const MD5_LIMIT_BYTES: number = 1 << 20;
