import type { S3Client } from "@aws-sdk/client-s3";
import {
  asBasePath,
  type CallOptions,
  checkOptions,
  createStore,
  formatObjectUri,
  type ObjectStore,
  refuse,
  toObjectStoreError,
} from "@sluice/core";
import { S3Bucket } from "./bucket.js";
import { lendClient } from "./client/shared-clients.js";
import { createBucket, deleteBucket } from "./containers.js";
import { S3Driver } from "./driver.js";
import { checkS3Options, type S3StoreOptions } from "./options.js";
import { type PresignOptions, type PresignPutOptions, presignGet, presignPut } from "./presign.js";

/** A store of the objects of a bucket, or of those below a prefix. */
export interface S3Store extends ObjectStore {
  readonly bucket: string;
  /** The SDK's client that the store works with, for what S3 can besides. Stores with equal options share one. */
  readonly client: S3Client;
  /** A URL that reads an object until it expires. Whoever has the URL can: it is a secret. */
  presignGet(key: string, options?: PresignOptions): Promise<string>;
  /** A URL that puts an object, in one request of at most 5 GiB, until it expires. Whoever has the URL can: it is a secret. */
  presignPut(key: string, options?: PresignPutOptions): Promise<string>;
  /** Makes the bucket, in the client's region; AlreadyExists where the server says so. */
  createBucket(options?: CallOptions): Promise<void>;
  /** Removes the bucket; InvalidState if there is an object in it. */
  deleteBucket(options?: CallOptions): Promise<void>;
}

/**
 * Opens the store of a bucket's objects, or of those whose keys begin with `prefix`. No request is made. InvalidArgument for
 * a bad option, and where no region is to be had.
 */
export async function openS3Store(bucket: string, prefix = "", options: S3StoreOptions = {}): Promise<S3Store> {
  return openBucket({ bucket, prefix: asBasePath(prefix) }, options, "openS3Store");
}

/** Whether a store, such as one of `openStore("s3://bucket/")`, is of this backend. */
export function isS3Store(store: ObjectStore): store is S3Store {
  return store.backend === "s3" && "presignGet" in store;
}

/** As {@link openS3Store}, for an operation of another name. */
export async function openBucket(
  { bucket: name, prefix }: { readonly bucket: string; readonly prefix: string },
  options: unknown,
  operation: string,
): Promise<S3Store> {
  if (typeof name !== "string" || !/^[^\s/?#%@]{3,255}$/.test(name)) {
    refuse(
      `a bucket's name has 3 to 255 characters without / or spaces: s3://bucket/key; got ${JSON.stringify(name)}`,
      operation,
    );
  }
  const checked = checkS3Options(options, operation);
  const { client, release } = await lendClient(checked.client);
  const bucket = new S3Bucket(name, client, checked);
  const uri = formatObjectUri({ scheme: "s3", authority: name, path: prefix });
  const store = createStore(new S3Driver(bucket, release), { uri, prefix });
  const run = async <T>(call: string, key: string | undefined, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toObjectStoreError(error, { operation: call, uri: key === undefined ? uri : uri + key, backend: "s3" });
    }
  };
  return Object.assign(store, {
    bucket: name,
    client,
    presignGet: (key: string, given: PresignOptions = {}) =>
      run("presignGet", key, () => presignGet(bucket, prefix + checkedKey(key, "presignGet"), given)),
    presignPut: (key: string, given: PresignPutOptions = {}) =>
      run("presignPut", key, () => presignPut(bucket, prefix + checkedKey(key, "presignPut"), given)),
    createBucket: (given: CallOptions = {}) =>
      run("createBucket", undefined, async () => {
        checkOptions(given, ["signal"], "createBucket");
        await createBucket(bucket, given);
      }),
    deleteBucket: (given: CallOptions = {}) =>
      run("deleteBucket", undefined, async () => {
        checkOptions(given, ["signal"], "deleteBucket");
        await deleteBucket(bucket, given);
      }),
  });
}

function checkedKey(key: unknown, operation: string): string {
  if (typeof key !== "string" || key === "") refuse("key must be a text that is not empty", operation);
  return key;
}
