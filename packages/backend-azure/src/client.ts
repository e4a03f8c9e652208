import { BlobServiceClient, type StoragePipelineOptions, StorageSharedKeyCredential } from "@azure/storage-blob";
import { checkEndpoint, ObjectStoreError, refuse } from "@sluice/core";
import type { AzureAccountOptions } from "./options.js";

/** `Requests` tries again, with a pause by chance and a time limit, which the SDK's policy lacks. */
const PIPELINE: StoragePipelineOptions = { retryOptions: { maxTries: 1 }, keepAliveOptions: { enable: true } };

const ACCOUNT_OPTIONS = ["connectionString", "account", "endpoint", "accountKey", "sasToken", "credential"] as const;

/** The variables that Azure's own tools read. */
export type AzureEnvironment = Readonly<Partial<Record<`AZURE_STORAGE_${AzureVariable}`, string>>>;
type AzureVariable = "CONNECTION_STRING" | "ACCOUNT" | "SERVICE_ENDPOINT" | "KEY" | "SAS_TOKEN";

/** The client of an account, from options, or from the environment where they say nothing. */
export function serviceClient(
  options: AzureAccountOptions,
  operation: string,
  environment: AzureEnvironment = process.env,
): BlobServiceClient {
  const { client, connectionString, ...rest } = options;
  const given = ACCOUNT_OPTIONS.filter((name) => options[name] !== undefined);
  for (const [name, whole] of Object.entries({ client, connectionString })) {
    const others = given.filter((other) => other !== name);
    if (whole === undefined || others.length === 0) continue;
    refuse(`${name} says everything of the account; do not give ${others.join(", ")} with it`, operation);
  }
  if (client !== undefined) return client;
  const text = connectionString ?? (given.length === 0 ? environment.AZURE_STORAGE_CONNECTION_STRING : undefined);
  return text ? fromConnectionString(text, operation) : fromParts(rest, operation, environment);
}

function fromConnectionString(text: string, operation: string): BlobServiceClient {
  try {
    return BlobServiceClient.fromConnectionString(text, PIPELINE);
  } catch {
    // The SDK's error is not passed on, since it may quote the string.
    refuse("the connection string is not one of Azure Storage", operation);
  }
}

function fromParts(options: AzureAccountOptions, operation: string, environment: AzureEnvironment): BlobServiceClient {
  const keys = [options.accountKey, options.sasToken, options.credential].filter((value) => value !== undefined);
  if (keys.length > 1) refuse("give one of accountKey, sasToken and credential", operation);
  const account = options.account ?? environment.AZURE_STORAGE_ACCOUNT;
  const endpoint = options.endpoint ?? environment.AZURE_STORAGE_SERVICE_ENDPOINT;
  const url = endpoint ?? (account && `https://${account}.blob.core.windows.net`);
  if (!url)
    refuse("no account: give account, endpoint, connectionString or client, or set AZURE_STORAGE_ACCOUNT", operation);
  checkEndpoint(url, operation);
  if (options.credential !== undefined) return new BlobServiceClient(url, options.credential, PIPELINE);
  const accountKey = options.accountKey ?? (options.sasToken === undefined ? environment.AZURE_STORAGE_KEY : undefined);
  if (accountKey) {
    if (!account) refuse("an account key needs the account's name", operation);
    return new BlobServiceClient(url, new StorageSharedKeyCredential(account, accountKey), PIPELINE);
  }
  const sasToken = options.sasToken ?? environment.AZURE_STORAGE_SAS_TOKEN;
  if (sasToken) return new BlobServiceClient(`${url}?${sasToken.replace(/^\?/, "")}`, undefined, PIPELINE);
  const remedy = "give accountKey, sasToken or credential, or set AZURE_STORAGE_KEY or AZURE_STORAGE_SAS_TOKEN";
  const message = `${operation}: no credential for ${url}: ${remedy}`;
  throw new ObjectStoreError("Unauthenticated", message, { operation, backend: "azure" });
}
