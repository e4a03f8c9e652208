export type { S3ClientOptions, S3StoreOptions, S3TransferOptions, S3WriteOptions } from "./options.js";
export { createBackend, s3Backend } from "./plugin.js";
export type { PresignOptions, PresignPutOptions } from "./presign.js";
export type { ConditionSupport, S3Server } from "./server-profile.js";
export { isS3Store, openS3Store, type S3Store } from "./store.js";
