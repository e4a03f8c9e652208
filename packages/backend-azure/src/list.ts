import type { ContainerListBlobsOptions } from "@azure/storage-blob";
import { type DriverListOptions, type DriverPage, ListingCheck } from "@sluice/core";
import { unreadable } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { describe } from "./describe.js";
import { type ListedBlob, type ListPage, listPage } from "./list-page.js";

/** Pages of names and prefixes, in order; one may be empty and not be the last. */
export async function* listBlobs(
  container: AzureContainer,
  options: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  const { prefix, delimiter, startAfter } = options;
  // The service begins at a key, not behind it, and can't with a delimiter: what it sends too much is left out here.
  const canStart = delimiter === undefined && startAfter?.startsWith(prefix) === true;
  const check = new ListingCheck(options);
  const accept = ({ blobs, prefixes, nextToken }: ListPage): DriverPage => {
    const objects = blobs
      .filter(isObject)
      .map(({ name, properties, versionId }) => describe(name, { ...properties, versionId }));
    const entries = [...objects, ...prefixes.map(({ name }) => ({ prefix: name }))];
    return check.acceptPage({ entries, nextToken });
  };
  yield* blobPages(container, options, canStart ? { startFrom: startAfter } : {}, accept);
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
