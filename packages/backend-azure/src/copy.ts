import { setTimeout as delay } from "node:timers/promises";
import { type DriverCopyOptions, isObjectStoreError, ObjectStoreError, throwIfAborted } from "@sluice/core";
import type { AzureContainer } from "./container.js";
import { requestConditions } from "./describe.js";

const POLL_MS = 500;

/** Copies inside the account, mostly at once; a copy that takes longer is asked after, and stopped by `signal`. */
export async function copyBlob(
  { client, requests }: AzureContainer,
  sourceKey: string,
  targetKey: string,
  { ifNotExists, signal }: DriverCopyOptions,
): Promise<undefined> {
  const call = { operation: "copy", signal };
  const conditions = requestConditions({ ifNotExists });
  const { url } = client.getBlobClient(sourceKey);
  const target = client.getBlobClient(targetKey);
  const poller = await requests
    .run(call, (abortSignal) => target.beginCopyFromURL(url, { conditions, abortSignal }))
    .catch((error) => {
      if (!isObjectStoreError(error, "PreconditionFailed")) throw error;
      throw new ObjectStoreError("AlreadyExists", "the target key is taken", { cause: error });
    });
  try {
    while (!poller.isDone()) {
      await requests.run(call, (abortSignal) => poller.poll({ abortSignal }));
      if (!poller.isDone())
        await delay(POLL_MS, undefined, signal && { signal }).catch(() => throwIfAborted(signal, "copy"));
    }
  } catch (error) {
    if (isObjectStoreError(error, "Aborted")) await poller.cancelOperation().catch(() => undefined);
    throw error;
  }
}
