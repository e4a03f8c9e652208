import type { BlobItem, BlobPrefix, ContainerListBlobsOptions } from "@azure/storage-blob";
import { type DriverListOptions, type DriverPage, pageAfter } from "@sluice/core";
import type { AzureContainer } from "./container.js";
import { describe } from "./describe.js";

type Page = { readonly blobItems: readonly BlobItem[]; readonly blobPrefixes?: readonly BlobPrefix[] };

/** Pages of names and prefixes, in order; one may be empty and not be the last. */
export async function* listBlobs(
  container: AzureContainer,
  options: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  const { prefix, delimiter, startAfter } = options;
  // The service begins at a key, not behind it, and can't with a delimiter: what it sends too much is left out here.
  const canStart = delimiter === undefined && startAfter?.startsWith(prefix) === true;
  const query = canStart ? { startFrom: startAfter } : {};
  for await (const { blobItems, blobPrefixes = [] } of blobPages(container, options, query)) {
    const objects = blobItems.map(({ name, properties, versionId }) => describe(name, { ...properties, versionId }));
    yield pageAfter(startAfter, [...objects, ...blobPrefixes.map(({ name }) => ({ prefix: name }))]);
  }
}

/** Pages as the service gives them. */
export async function* blobPages(
  { client, requests }: AzureContainer,
  { prefix, delimiter, pageSize, signal }: DriverListOptions,
  extra: ContainerListBlobsOptions,
): AsyncGenerator<Page, void, void> {
  let continuationToken: string | undefined;
  do {
    const page = await requests.run({ operation: "list", signal }, async (abortSignal) => {
      const query = { ...extra, prefix, abortSignal };
      const listing =
        delimiter === undefined ? client.listBlobsFlat(query) : client.listBlobsByHierarchy(delimiter, query);
      const settings = { maxPageSize: pageSize, ...(continuationToken && { continuationToken }) };
      return (await listing.byPage(settings).next()).value;
    });
    yield page.segment;
    continuationToken = page.continuationToken;
  } while (continuationToken);
}
