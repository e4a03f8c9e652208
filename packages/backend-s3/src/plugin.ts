import type { BackendPlugin, StoreLocation } from "@sluice/core";
import { openBucket, type S3Store } from "./store.js";

/** The backend of `s3://bucket/key`. */
export function s3Backend(): BackendPlugin {
  return {
    name: "s3",
    schemes: ["s3"],
    base: "authority",
    open: (location, options) => open(location, options, "openStore"),
    createContainer: (location, options, call) =>
      using(open(location, options, "createContainer"), (store) => store.createBucket(call)),
    deleteContainer: (location, options, call) =>
      using(open(location, options, "deleteContainer"), (store) => store.deleteBucket(call)),
  };
}

/** What discovery calls: the same as {@link s3Backend}. */
export const createBackend: () => BackendPlugin = s3Backend;

function open({ authority, prefix }: StoreLocation, options: unknown, operation: string): Promise<S3Store> {
  return openBucket({ bucket: authority, prefix }, options, operation);
}

async function using(opening: Promise<S3Store>, work: (store: S3Store) => Promise<void>): Promise<void> {
  const store = await opening;
  try {
    await work(store);
  } finally {
    await store.close();
  }
}
