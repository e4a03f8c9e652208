import type { ContainerListBlobsOptions } from "@azure/storage-blob";
import type { DriverListOptions, DriverPage } from "@sluice/core";
import { unreadable } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { describe } from "./describe.js";
import { type ListedBlob, type ListPage, listPage } from "./list-page.js";
import { ServiceOrder } from "./service-order.js";

/** Behind these the service, which compares units of UTF-16, does not list what UTF-8 has behind them. */
const BEHIND_SURROGATES = /[\uE000-\uFFFF]/;

/** Pages of names and prefixes, in order; one may be empty and not be the last. */
export async function* listBlobs(
  container: AzureContainer,
  options: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  const { prefix, delimiter, startAfter } = options;
  // The service begins at a key, not behind it, and can't with a delimiter: what it sends too much is left out here.
  const canStart =
    delimiter === undefined && startAfter?.startsWith(prefix) === true && !BEHIND_SURROGATES.test(startAfter);
  if (!canStart) return yield* orderedPages(container, options, new ServiceOrder(options), {});
  const order = new ServiceOrder(options);
  for await (const page of orderedPages(container, options, order, { startFrom: startAfter })) {
    // Folder by folder, some that belong behind `startAfter` come before it.
    if (order.isByFolders) return yield* orderedPages(container, options, new ServiceOrder(options), {});
    yield page;
  }
}

function orderedPages(
  container: AzureContainer,
  options: DriverListOptions,
  order: ServiceOrder,
  extra: ContainerListBlobsOptions,
): AsyncGenerator<DriverPage, void, void> {
  return blobPages(container, options, extra, ({ blobs, prefixes, nextToken }) => {
    const objects = blobs
      .filter(isObject)
      .map(({ name, properties, versionId }) => describe(name, { ...properties, versionId }));
    const entries = [...objects, ...prefixes.map(({ name }) => ({ prefix: name }))];
    // Only accounts with a hierarchical namespace tell types.
    const hasFolders = blobs.some(({ properties }) => properties.ResourceType !== undefined);
    return order.accept({ entries, nextToken }, hasFolders);
  });
}

/** Pages as the service gives them. Each is asked for again where it is no whole listing, or `accept` refuses it. */
export async function* blobPages<Accepted>(
  { client, requests }: AzureContainer,
  { prefix, delimiter, pageSize, signal }: DriverListOptions,
  extra: ContainerListBlobsOptions,
  accept: (page: ListPage) => Accepted,
): AsyncGenerator<Accepted, void, void> {
  let continuationToken: string | undefined;
  do {
    const { accepted, nextToken } = await requests.run({ operation: "list", signal }, async (abortSignal) => {
      const query = { ...extra, prefix, abortSignal };
      const listing =
        delimiter === undefined ? client.listBlobsFlat(query) : client.listBlobsByHierarchy(delimiter, query);
      const settings = { maxPageSize: pageSize, ...(continuationToken && { continuationToken }) };
      const { value } = await listing.byPage(settings).next().catch(unreadable("List Blobs"));
      const page = listPage(value, client, prefix);
      return { accepted: accept(page), nextToken: page.nextToken };
    });
    yield accepted;
    continuationToken = nextToken;
  } while (continuationToken !== undefined);
}

/** A folder of an account with a hierarchical namespace holds no bytes, and the service keeps it as what lies below needs it. */
function isObject({ properties }: ListedBlob): boolean {
  return properties.ResourceType !== "directory";
}
