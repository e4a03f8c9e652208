import type { BlobServiceClient } from "@azure/storage-blob";
import {
  checkChoice,
  checkEndpoint,
  checkOptions,
  checkTags,
  checkText,
  type IntegerLimits,
  integerOptions,
  REQUEST_LIMITS,
  type RequestLimits,
  TRANSFER_LIMITS,
  type TransferOptions,
} from "@sluice/core";

/** What gives access tokens; the credentials of `@azure/identity` do. */
export interface TokenCredential {
  getToken(
    scopes: string | string[],
    options?: object,
  ): Promise<{ readonly token: string; readonly expiresOnTimestamp: number } | null>;
}

/** What the service checks of each block: nothing beyond TCP and TLS, its MD5, or its CRC-64. */
export type TransactionalHash = (typeof HASHES)[number];
export type AccessTier = (typeof TIERS)[number];
const HASHES = ["none", "md5", "crc64"] as const;
const TIERS = ["Hot", "Cool", "Cold", "Archive", "Smart"] as const;

/** How an account is reached. What is not given is taken from the environment; a `client` or `connectionString` has it all. */
export interface AzureAccountOptions {
  /** A client made by the caller, with its own credential, retries and proxy. */
  readonly client?: BlobServiceClient;
  /** Else AZURE_STORAGE_CONNECTION_STRING. */
  readonly connectionString?: string;
  /** The account's name. Else AZURE_STORAGE_ACCOUNT. */
  readonly account?: string;
  /** Of the blob service, where it is not `https://<account>.blob.core.windows.net`. Else AZURE_STORAGE_SERVICE_ENDPOINT. */
  readonly endpoint?: string;
  /** Else AZURE_STORAGE_KEY. */
  readonly accountKey?: string;
  /** A shared access signature of the account or container, with or without the `?`. Else AZURE_STORAGE_SAS_TOKEN. */
  readonly sasToken?: string;
  /** Gives tokens, such as `new DefaultAzureCredential()` of `@azure/identity`. */
  readonly credential?: TokenCredential;
}

export interface AzureStoreOptions extends AzureAccountOptions, TransferOptions, Partial<RequestLimits> {
  /** Bytes of a block, 64 KiB to 4,000 MiB, unless the object needs larger ones. Default 16 MiB. */
  readonly partBytes?: number;
  /** What the service checks of every block, and `verifiedBy` then says. Default `none`. */
  readonly transactionalHash?: TransactionalHash;
  /** Of what is written. Default: the account's. */
  readonly accessTier?: AccessTier;
  /** Blob index tags of what is written; the service takes up to 10. Default: none. */
  readonly tags?: Readonly<Record<string, string>>;
}

type NumberOption = keyof RequestLimits | keyof TransferOptions;
export type CheckedAzureOptions = AzureStoreOptions &
  Required<Pick<AzureStoreOptions, NumberOption | "transactionalHash">>;

export const MAX_BLOCK_BYTES: number = 4000 * 2 ** 20;
const TEXTS = ["connectionString", "account", "endpoint", "accountKey", "sasToken"] as const;

const NUMBERS: Readonly<Record<NumberOption, IntegerLimits>> = {
  ...REQUEST_LIMITS,
  ...TRANSFER_LIMITS,
  partBytes: [16 << 20, 64 << 10, MAX_BLOCK_BYTES],
};

/** The options with their defaults; InvalidArgument for unknown ones and bad values. */
export function checkAzureOptions(options: unknown, operation: string): CheckedAzureOptions {
  const names = [...Object.keys(NUMBERS), ...TEXTS, "client", "credential", "transactionalHash", "accessTier", "tags"];
  checkOptions(options, names, operation);
  const given = (options ?? {}) as AzureStoreOptions;
  const { transactionalHash = "none", accessTier } = given;
  for (const name of TEXTS) checkText(given[name], name, operation);
  checkEndpoint(given.endpoint, operation);
  checkChoice(transactionalHash, "transactionalHash", HASHES, operation);
  if (accessTier !== undefined) checkChoice(accessTier, "accessTier", TIERS, operation);
  checkTags(given.tags, operation);
  return { ...given, ...integerOptions(given, NUMBERS, operation), transactionalHash };
}
