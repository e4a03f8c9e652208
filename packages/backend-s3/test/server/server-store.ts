import { DeleteBucketCommand, ListMultipartUploadsCommand, S3Client } from "@aws-sdk/client-s3";
import { forEachConcurrently } from "@sluice/core";
import { type FaultPlan, type FaultProxy, startFaultProxy } from "@sluice/core/testing";
import { afterAll, onTestFinished } from "vitest";
import { type S3Server, uniqueBucket } from "../../../../scripts/servers/index.ts";
import type { S3StoreOptions } from "../../src/index.js";
import { openS3Store, type S3Store } from "../../src/index.js";

/** How our stores reach a server, as its users would write it. */
export function optionsFor(server: S3Server): S3StoreOptions {
  const { profile, endpoint, region, accessKeyId, secretAccessKey } = server;
  return {
    ...{ endpoint, region, credentials: { accessKeyId, secretAccessKey }, partBytes: 5 << 20 },
    ...(profile !== undefined && { server: profile }),
  };
}

/** The SDK's client with its defaults, for what is done behind our back. */
export function plainClient({ endpoint, region, accessKeyId, secretAccessKey }: S3Server): S3Client {
  return new S3Client({ endpoint, region, credentials: { accessKeyId, secretAccessKey }, forcePathStyle: true });
}

/** A proxy in front of the server, until the test ends. Only what is armed strikes, unless a plan is given. */
export async function proxyTo({ endpoint }: S3Server, plan?: FaultPlan, seed = 0): Promise<FaultProxy> {
  const { hostname: host, port } = new URL(endpoint);
  const target = { host, port: Number(port || 80) };
  const proxy = await startFaultProxy({ target, seed, ...(plan !== undefined && { plan }) });
  onTestFinished(() => proxy.stop());
  return proxy;
}

/** Opens stores on buckets of their own, which are removed after the last test. */
export function storesOn(server: S3Server, client: S3Client = plainClient(server)) {
  const buckets: string[] = [];
  afterAll(async () => {
    await forEachConcurrently(buckets, 8, (bucket) => removeBucket(server, client, bucket));
    client.destroy();
  });
  return async (options: S3StoreOptions = {}): Promise<S3Store> => {
    const bucket = uniqueBucket();
    const direct = await openS3Store(bucket, "", optionsFor(server));
    await direct.createBucket();
    buckets.push(bucket);
    await direct.close();
    return openS3Store(bucket, "", { ...optionsFor(server), ...options });
  };
}

/** Removes a bucket with everything in it. */
async function removeBucket(server: S3Server, client: S3Client, bucket: string): Promise<void> {
  const store = await openS3Store(bucket, "", optionsFor(server));
  const keys: string[] = [];
  for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
  await store.deleteMany(keys);
  await store.sweepStaleUploads({ olderThanMs: 0 });
  await store.close();
  await client.send(new DeleteBucketCommand({ Bucket: bucket }));
}

/** Unfinished uploads, as the server lists them. */
export async function uploadsOf(client: S3Client, bucket: string): Promise<string[]> {
  const { Uploads = [] } = await client.send(new ListMultipartUploadsCommand({ Bucket: bucket }));
  return Uploads.map(({ Key, UploadId }) => `${Key} (upload ${UploadId})`);
}
