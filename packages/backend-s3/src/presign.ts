import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { checkInteger, checkOptions, checkText } from "@sluice/core";
import type { S3Bucket } from "./bucket.js";

/** Seven days: no signature is valid for longer. */
const MAX_EXPIRY_SECONDS = 7 * 24 * 60 * 60;
const DEFAULT_EXPIRY_SECONDS = 900;

export interface PresignOptions {
  /** How long the URL works, 1 s to 7 days. Default 15 minutes. It also ends with the credentials that signed it. */
  readonly expiresInSeconds?: number;
}

export interface PresignPutOptions extends PresignOptions {
  /** The Content-Type that whoever puts has to send. */
  readonly contentType?: string;
}

/** A URL that reads the object. */
export async function presignGet(bucket: S3Bucket, key: string, options: PresignOptions): Promise<string> {
  checkOptions(options, ["expiresInSeconds"], "presignGet");
  const { expiresInSeconds: expiresIn = DEFAULT_EXPIRY_SECONDS } = options;
  checkInteger(expiresIn, "expiresInSeconds", 1, MAX_EXPIRY_SECONDS, "presignGet");
  const command = new GetObjectCommand({ Bucket: bucket.name, Key: key });
  return bucket.withErrors(() => getSignedUrl(bucket.client, command, { expiresIn }), key);
}

/** A URL that puts the object in one request. */
export async function presignPut(bucket: S3Bucket, key: string, options: PresignPutOptions): Promise<string> {
  checkOptions(options, ["expiresInSeconds", "contentType"], "presignPut");
  const { expiresInSeconds: expiresIn = DEFAULT_EXPIRY_SECONDS, contentType } = options;
  checkInteger(expiresIn, "expiresInSeconds", 1, MAX_EXPIRY_SECONDS, "presignPut");
  checkText(contentType, "contentType", "presignPut");
  const command = new PutObjectCommand({
    ...{ Bucket: bucket.name, Key: key },
    ...(contentType !== undefined && { ContentType: contentType }),
  });
  const signableHeaders = new Set(contentType === undefined ? [] : ["content-type"]);
  return bucket.withErrors(() => getSignedUrl(bucket.client, command, { expiresIn, signableHeaders }), key);
}
