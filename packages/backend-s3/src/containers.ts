import { CreateBucketCommand, DeleteBucketCommand } from "@aws-sdk/client-s3";
import type { CallOptions } from "@sluice/core";
import type { S3Bucket } from "./bucket.js";

/** Makes the bucket, in the client's region. */
export async function createBucket(bucket: S3Bucket, { signal }: CallOptions): Promise<void> {
  const command = new CreateBucketCommand({ Bucket: bucket.name });
  await bucket.call((options) => bucket.client.send(command, options), { signal });
}

/** Removes the bucket; InvalidState if there is an object in it. */
export async function deleteBucket(bucket: S3Bucket, { signal }: CallOptions): Promise<void> {
  const command = new DeleteBucketCommand({ Bucket: bucket.name });
  await bucket.call((options) => bucket.client.send(command, options), { signal });
}
