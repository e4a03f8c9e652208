import { type CallOptions, isObjectStoreError, ObjectStoreError } from "@sluice/core";
import { ofService } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { listBlobs } from "./list.js";

const PAGE_OBJECTS = 1000;

/** Azure itself would delete it with all objects: one that is written between the look and the deletion is lost. */
export async function deleteContainer(container: AzureContainer, { signal }: CallOptions): Promise<void> {
  const operation = "deleteContainer";
  for await (const { entries } of listBlobs(container, {
    prefix: "",
    pageSize: PAGE_OBJECTS,
    ...(signal && { signal }),
  })) {
    if (entries.length > 0) throw new ObjectStoreError("InvalidState", "the container is not empty");
  }
  let tries = 0;
  try {
    await container.requests.run({ operation, signal }, async (abortSignal, attempt) => {
      tries = attempt;
      ofService(await container.client.delete({ abortSignal }), "Delete Container");
    });
  } catch (error) {
    // Gone after a try whose answer was lost: that one deleted it.
    if (tries === 1 || !isObjectStoreError(error, "NotFound")) throw error;
  }
}
