import type { ContainerClient } from "@azure/storage-blob";
import {
  type CallOptions,
  checkOptions,
  createStore,
  formatObjectUri,
  type ObjectStore,
  toObjectStoreError,
} from "@sluice/core";
import { createContainer, reachContainer } from "./container.js";
import { deleteContainer } from "./delete-container.js";
import { azureDriver } from "./driver.js";
import { checkBlobKey } from "./key.js";
import type { AzureStoreOptions } from "./options.js";
import { type SasUrlOptions, signUrl } from "./sas.js";

/** A store of block blobs in one container. */
export interface AzureStore extends ObjectStore {
  /** The SDK's client, for what this store does not do. */
  readonly containerClient: ContainerClient;
  /** A URL that gives whoever has it access to one object until it expires. Unsupported without the account's key. */
  sasUrl(key: string, options: SasUrlOptions): Promise<string>;
  /** Makes the container; AlreadyExists if the account has it. */
  createContainer(options?: CallOptions): Promise<void>;
  /** Removes the container; InvalidState if there is an object in it. One that is written meanwhile may be lost. */
  deleteContainer(options?: CallOptions): Promise<void>;
}

/** Opens the store of a container. No request is made. InvalidArgument for bad options, Unauthenticated without a credential. */
export async function openAzureStore(container: string, options: AzureStoreOptions = {}): Promise<AzureStore> {
  return openBase(container, "", options, "openAzureStore");
}

/** The same for what lies below `prefix`, which is empty or ends in `/`. */
export function openBase(name: string, prefix: string, options: unknown, operation: string): AzureStore {
  const container = reachContainer(name, options, operation);
  if (prefix !== "") checkBlobKey(prefix.slice(0, -1), operation);
  const uri = formatObjectUri({ scheme: "az", authority: name, path: prefix });
  const change =
    (call: string, work: typeof createContainer) =>
    async (given: CallOptions = {}) => {
      checkOptions(given, ["signal"], call);
      await work(container, given).catch((error) => {
        throw toObjectStoreError(error, { operation: call, uri, backend: "azure" });
      });
    };
  return Object.assign(createStore(azureDriver(container), { uri, prefix }), {
    containerClient: container.client,
    sasUrl: async (key: string, sas: SasUrlOptions) => {
      checkBlobKey(prefix + key, "sasUrl");
      return signUrl(container.client.getBlobClient(prefix + key), sas);
    },
    createContainer: change("createContainer", createContainer),
    deleteContainer: change("deleteContainer", deleteContainer),
  });
}

/** Whether a store, such as one of `openStore("az://container/")`, is of this backend. */
export function isAzureStore(store: ObjectStore): store is AzureStore {
  return store.backend === "azure" && "containerClient" in store;
}
