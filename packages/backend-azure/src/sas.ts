import { type BlobClient, BlobSASPermissions, StorageSharedKeyCredential } from "@azure/storage-blob";
import { checkInteger, checkOptions, ObjectStoreError, refuse } from "@sluice/core";

export interface SasUrlOptions {
  /** Letters of Azure's permissions for blobs, such as `r` or `rcwd`. Default `r`. */
  readonly permissions?: string;
  /** From now, 1 second to 7 days. */
  readonly expiresInMs: number;
}

const WEEK_MS = 7 * 24 * 60 * 60 * 1000;

export async function signUrl(blob: BlobClient, options: SasUrlOptions): Promise<string> {
  checkOptions(options, ["permissions", "expiresInMs"], "sasUrl");
  const { permissions = "r", expiresInMs } = options;
  checkInteger(expiresInMs, "expiresInMs", 1000, WEEK_MS, "sasUrl");
  if (typeof permissions !== "string" || !/^[racwdxytmie]+$/.test(permissions))
    refuse(`permissions are letters such as "r" or "rcwd", got ${JSON.stringify(permissions)}`, "sasUrl");
  if (!(blob.credential instanceof StorageSharedKeyCredential)) {
    const message = "sasUrl: only the account's key can sign: open the store with accountKey or a connection string";
    throw new ObjectStoreError("Unsupported", message);
  }
  const expiresOn = new Date(Date.now() + expiresInMs);
  return blob.generateSasUrl({ permissions: BlobSASPermissions.parse(permissions), expiresOn });
}
