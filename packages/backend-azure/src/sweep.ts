import { ObjectStoreError, type StaleUpload, type StoreDriver } from "@sluice/core";
import type { AzureContainer } from "./container.js";
import { blobPages } from "./list.js";

const PAGE_NAMES = 5000;

/**
 * Names below the prefix that have blocks and no object. They can be found, not removed: Azure has no call for it, and a blob
 * put there to displace them would be seen. It removes them itself a week after the last block.
 */
export async function sweepBlocks(
  container: AzureContainer,
  options: Parameters<StoreDriver["sweep"]>[0],
): Promise<StaleUpload[]> {
  const { olderThanMs, dryRun, signal } = options;
  const stale: StaleUpload[] = [];
  const listing = { ...options, pageSize: PAGE_NAMES };
  for await (const page of blobPages(container, listing, { includeUncommitedBlobs: true })) {
    for (const { name, properties } of page.blobItems) {
      const { contentLength, lastModified } = properties;
      if (contentLength || Date.now() - lastModified.getTime() < olderThanMs) continue;
      const call = { operation: "sweepStaleUploads", signal };
      const { uncommittedBlocks = [] } = await container.requests.run(call, (abortSignal) =>
        container.client.getBlockBlobClient(name).getBlockList("uncommitted", { abortSignal }),
      );
      const bytes = uncommittedBlocks.reduce((sum, { size }) => sum + size, 0);
      if (bytes > 0) stale.push({ name, bytes, lastModified });
    }
  }
  if (dryRun || stale.length === 0) return stale;
  const message = `only Azure removes blocks, a week after the last one; ${stale.length} names have some, such as ${stale[0]?.name}`;
  throw new ObjectStoreError("Unsupported", message);
}
