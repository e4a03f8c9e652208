import { isObjectStoreError, ObjectStoreError, type StaleUpload, type StoreDriver } from "@sluice/core";
import { notOfService, ofService, unreadable } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { blobPages } from "./list.js";
import type { ListedBlob, ListPage } from "./list-page.js";
import { ServiceOrder } from "./service-order.js";

const PAGE_NAMES = 5000;
/** https://learn.microsoft.com/rest/api/storageservices/get-block-list; the SDK takes what is missing for nothing. */
const WHOLE = /<BlockList>.*<UncommittedBlocks\s*(\/>|>.*<\/UncommittedBlocks>)\s*<\/BlockList>\s*$/s;

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
  const order = new ServiceOrder({ prefix: options.prefix });
  const accept = ({ blobs, nextToken }: ListPage): readonly ListedBlob[] => {
    // What has no object has no facts of one, and only names are looked at.
    const entries = blobs.map(({ name }) => ({ key: name, size: 0, etag: "", lastModified: new Date(0) }));
    const hasFolders = blobs.some(({ properties }) => properties.ResourceType !== undefined);
    order.accept({ entries, nextToken }, hasFolders);
    return blobs;
  };
  for await (const blobs of blobPages(container, listing, { includeUncommitedBlobs: true }, accept)) {
    for (const { name, properties } of blobs) {
      const { contentLength, lastModified } = properties;
      if (contentLength || Date.now() - lastModified.getTime() < olderThanMs) continue;
      const bytes = await uncommittedBytes(container, name, signal);
      if (bytes > 0) stale.push({ name, bytes, lastModified });
    }
  }
  if (dryRun || stale.length === 0) return stale;
  const message = `only Azure removes blocks, a week after the last one; ${stale.length} names have some, such as ${stale[0]?.name}`;
  throw new ObjectStoreError("Unsupported", message);
}

/** How many bytes of blocks a name has that are in no object. */
async function uncommittedBytes(
  { client, requests }: AzureContainer,
  name: string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const blob = client.getBlockBlobClient(name);
  const sizes = requests.run({ operation: "sweepStaleUploads", signal }, async (abortSignal) => {
    const list = blob.getBlockList("uncommitted", { abortSignal }).catch(unreadable("Get Block List"));
    const { uncommittedBlocks = [], _response } = ofService(await list, "Get Block List");
    const { bodyAsText = "" } = _response as { readonly bodyAsText?: string };
    if (!WHOLE.test(bodyAsText)) throw notOfService("the answer to Get Block List is no list of such blocks");
    return uncommittedBlocks.map(({ size }) => size);
  });
  // Deleted since it was listed, or not there yet: it has no blocks that count.
  const known = await sizes.catch((error) => {
    if (isObjectStoreError(error, "NotFound")) return [];
    throw error;
  });
  return known.reduce((sum, size) => sum + size, 0);
}
