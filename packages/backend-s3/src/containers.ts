import { CreateBucketCommand, DeleteBucketCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { type CallOptions, isObjectStoreError, ObjectStoreError } from "@sluice/core";
import type { S3Bucket } from "./bucket.js";

/** Makes the bucket, in the client's region. */
export async function createBucket(bucket: S3Bucket, { signal }: CallOptions): Promise<void> {
  const command = new CreateBucketCommand({ Bucket: bucket.name });
  const { $metadata } = await bucket.send(command, { signal });
  if ($metadata.requestId === undefined) await checkBucket(bucket, true, signal);
}

/** Removes the bucket; InvalidState if there is an object in it. */
export async function deleteBucket(bucket: S3Bucket, { signal }: CallOptions): Promise<void> {
  const command = new DeleteBucketCommand({ Bucket: bucket.name });
  const { $metadata } = await bucket.send(command, { signal });
  if ($metadata.requestId === undefined) await checkBucket(bucket, false, signal);
}

/** An answer without a body or a request id may be anybody's: a listing shows whether it was the service's. */
async function checkBucket(bucket: S3Bucket, isWanted: boolean, signal: AbortSignal | undefined): Promise<void> {
  const command = new ListObjectsV2Command({ Bucket: bucket.name, MaxKeys: 1 });
  const isThere = await bucket.send(command, { signal }).then(
    () => true,
    (error) => {
      if (isObjectStoreError(error, "NotFound")) return false;
      throw error;
    },
  );
  if (isThere === isWanted) return;
  const state = isThere ? "still there" : "not there";
  throw new ObjectStoreError(
    "Unavailable",
    `the answer is not from S3: the bucket ${JSON.stringify(bucket.name)} is ${state}`,
  );
}
