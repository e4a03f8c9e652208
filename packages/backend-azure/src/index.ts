export type {
  AccessTier,
  AzureAccountOptions,
  AzureStoreOptions,
  TokenCredential,
  TransactionalHash,
} from "./options.js";
export { azureBackend, createBackend } from "./plugin.js";
export type { SasUrlOptions } from "./sas.js";
export { type AzureStore, isAzureStore, openAzureStore } from "./store.js";
