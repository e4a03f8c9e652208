import type { S3Client, S3ClientConfig } from "@aws-sdk/client-s3";
import {
  checkBoolean,
  checkChoice,
  checkEndpoint,
  checkInteger,
  checkOptions,
  checkTags,
  checkText,
  type IntegerLimits,
  integerOptions,
  refuse,
  TRANSFER_LIMITS,
  type TransferOptions,
} from "@sluice/core";
import { type ConditionSupport, type S3Server, SERVER_PROFILES, type ServerProfile } from "./server-profile.js";

/** How to reach the server. What is not given comes from where S3 users expect it: environment, shared configuration, the SDK's chain. */
export interface S3ClientOptions {
  /** A client of one's own: used as it is and never closed. Excludes the other options of this group. */
  readonly client?: S3Client;
  /** The SDK's way of sending requests; it brings its own sockets, timeouts and certificates, and is never closed. */
  readonly requestHandler?: S3ClientConfig["requestHandler"];
  /** Default: AWS_REGION, then the profile's; `us-east-1` with an endpoint of one's own. */
  readonly region?: string;
  /** The profile of the shared AWS configuration. Default: AWS_PROFILE, of which alone the SDK takes `endpoint_url`. */
  readonly profile?: string;
  /** Default: the SDK's chain (environment, profile, SSO, web identity, container, instance). */
  readonly credentials?: S3ClientConfig["credentials"];
  /** `http(s)://host[:port]`. Default: AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL, that of AWS_PROFILE; else Amazon's. */
  readonly endpoint?: string;
  /** `https://host/bucket/key` instead of `https://bucket.host/key`. Default: true with an endpoint of one's own. */
  readonly forcePathStyle?: boolean;
  /** A file of certificates (PEM) that are trusted besides the usual ones. Default: AWS_CA_BUNDLE. */
  readonly caFile?: string;
  /** Certificates (PEM) that are trusted besides the usual ones. */
  readonly ca?: string;
  /** Connections at once, of all stores that share a client. Default 128. */
  readonly maxSockets?: number;
  /** How often a request is sent before its failure counts. Default 5. */
  readonly maxAttempts?: number;
  /** How long a connection may take. Default 10 s. */
  readonly connectTimeoutMs?: number;
  /** How long a request may take until the answer begins, its body included. Default 5 min. */
  readonly requestTimeoutMs?: number;
  /** No byte in either direction for so long counts as cut. Default 60 s. */
  readonly idleTimeoutMs?: number;
}

export interface S3TransferOptions extends Omit<TransferOptions, "idleTimeoutMs"> {
  /** Which software answers, and so what it can do. Default `aws`. */
  readonly server?: S3Server;
  /** Where `ifNotExists` holds, for servers that differ from their profile. */
  readonly ifNotExists?: ConditionSupport;
  /** Where `ifMatch` holds, for servers that differ from their profile. */
  readonly ifMatch?: ConditionSupport;
  /** All parts but the last are equal; by default so for `r2`. */
  readonly equalParts?: boolean;
  /** Bytes of a part, 5 MiB to 5 GiB. Default 16 MiB. */
  readonly partBytes?: number;
  /** Bodies are not part of the signature, which saves hashing them with SHA-256. Default: over https, not over http. */
  readonly unsignedPayload?: boolean;
  /**
   * `auto`: CRC-32C of every request, and of the whole object where the server has it; `composite`: of every request only;
   * `none`: for servers that refuse the headers.
   */
  readonly checksums?: "auto" | "composite" | "none";
}

/** What is asked for with everything that is written. */
export interface S3WriteOptions {
  readonly storageClass?: string;
  readonly serverSideEncryption?: "AES256" | "aws:kms" | "aws:kms:dsse";
  readonly sseKmsKeyId?: string;
  /** SSE-C: 32 bytes. Reads need the same key. The server wants https. */
  readonly sseCustomerKey?: Uint8Array;
  /** At most 10. */
  readonly tags?: Readonly<Record<string, string>>;
}

/** Options of an S3 store. */
export interface S3StoreOptions extends S3ClientOptions, S3TransferOptions, S3WriteOptions {}

/** The options with their defaults. */
export interface CheckedS3Options {
  readonly client: S3ClientOptions &
    Required<
      Pick<S3ClientOptions, "maxSockets" | "maxAttempts" | "connectTimeoutMs" | "requestTimeoutMs" | "idleTimeoutMs">
    >;
  readonly transfer: Required<
    Omit<S3TransferOptions, "server" | "unsignedPayload" | "ifNotExists" | "ifMatch" | "equalParts">
  > & {
    readonly unsignedPayload: boolean | undefined;
    readonly idleTimeoutMs: number;
  };
  readonly profile: ServerProfile;
  readonly write: S3WriteOptions;
}

const CLIENT_NAMES = [
  ...["client", "requestHandler", "region", "profile", "credentials", "endpoint", "forcePathStyle", "caFile", "ca"],
  ...["maxSockets", "maxAttempts", "connectTimeoutMs", "requestTimeoutMs", "idleTimeoutMs"],
];
const TRANSFER_NAMES = [
  ...["server", "ifNotExists", "ifMatch", "equalParts", "partBytes", "partsInFlight", "readWindowBytes"],
  ...["readWindowsInFlight", "resumes", "unsignedPayload", "checksums"],
];
const WRITE_NAMES = ["storageClass", "serverSideEncryption", "sseKmsKeyId", "sseCustomerKey", "tags"];

const MIB = 1 << 20;
const TRANSFER: Readonly<Record<keyof TransferOptions, IntegerLimits>> = {
  ...TRANSFER_LIMITS,
  partBytes: [16 * MIB, 5 * MIB, 5 * 1024 * MIB],
};
const MAX_TIMEOUT_MS = 2 ** 31 - 1;

/** The options with their defaults; InvalidArgument for unknown ones and bad values. */
export function checkS3Options(options: unknown, operation: string): CheckedS3Options {
  checkOptions(options, [...CLIENT_NAMES, ...TRANSFER_NAMES, ...WRITE_NAMES], operation);
  const given = (options ?? {}) as S3StoreOptions;
  return {
    client: checkClientOptions(given, operation),
    transfer: checkTransferOptions(given, operation),
    profile: checkProfile(given, operation),
    write: checkWriteOptions(given, operation),
  };
}

function checkClientOptions(given: S3StoreOptions, operation: string): CheckedS3Options["client"] {
  const { client, requestHandler, region, profile, credentials, endpoint, forcePathStyle, caFile, ca } = given;
  const { maxSockets = 128, maxAttempts = 5, connectTimeoutMs = 10_000 } = given;
  const { requestTimeoutMs = 300_000, idleTimeoutMs = 60_000 } = given;
  if (client !== undefined) {
    if (typeof client?.send !== "function") refuse("client must be an S3Client", operation);
    const other = CLIENT_NAMES.slice(1).find(
      (name) => name !== "idleTimeoutMs" && given[name as keyof S3StoreOptions] !== undefined,
    );
    if (other !== undefined) refuse(`give ${other} to the client itself, not beside it`, operation);
  }
  for (const [name, value] of Object.entries({ region, profile, caFile, ca })) checkText(value, name, operation);
  checkEndpoint(endpoint, operation);
  checkBoolean(forcePathStyle, "forcePathStyle", operation);
  checkInteger(maxSockets, "maxSockets", 1, 10_000, operation);
  checkInteger(maxAttempts, "maxAttempts", 1, 100, operation);
  for (const [name, value] of Object.entries({ connectTimeoutMs, requestTimeoutMs, idleTimeoutMs }))
    checkInteger(value, name, 1, MAX_TIMEOUT_MS, operation);
  const limits = { maxSockets, maxAttempts, connectTimeoutMs, requestTimeoutMs, idleTimeoutMs };
  const chosen = { client, requestHandler, region, profile, credentials, endpoint, forcePathStyle, caFile, ca };
  return { ...definedOnly(chosen), ...limits };
}

function checkTransferOptions(given: S3StoreOptions, operation: string): CheckedS3Options["transfer"] {
  const { unsignedPayload, checksums = "auto" } = given;
  const numbers = integerOptions(given, TRANSFER, operation);
  checkBoolean(unsignedPayload, "unsignedPayload", operation);
  checkChoice(checksums, "checksums", ["auto", "composite", "none"], operation);
  return { ...numbers, unsignedPayload, checksums };
}

function checkProfile(given: S3StoreOptions, operation: string): ServerProfile {
  const { server = "aws", ifNotExists, ifMatch, equalParts } = given;
  checkChoice(server, "server", Object.keys(SERVER_PROFILES), operation);
  const supports = ["always", "whole", "never"];
  if (ifNotExists !== undefined) checkChoice(ifNotExists, "ifNotExists", supports, operation);
  if (ifMatch !== undefined) checkChoice(ifMatch, "ifMatch", supports, operation);
  checkBoolean(equalParts, "equalParts", operation);
  return { ...SERVER_PROFILES[server], ...definedOnly({ ifNotExists, ifMatch, equalParts }) };
}

function checkWriteOptions(given: S3StoreOptions, operation: string): S3WriteOptions {
  const { storageClass, serverSideEncryption, sseKmsKeyId, sseCustomerKey, tags } = given;
  checkText(storageClass, "storageClass", operation);
  if (serverSideEncryption !== undefined)
    checkChoice(serverSideEncryption, "serverSideEncryption", ["AES256", "aws:kms", "aws:kms:dsse"], operation);
  checkText(sseKmsKeyId, "sseKmsKeyId", operation);
  if (sseKmsKeyId !== undefined && serverSideEncryption?.startsWith("aws:kms") !== true)
    refuse('sseKmsKeyId needs serverSideEncryption: "aws:kms" (or "aws:kms:dsse")', operation);
  checkSseKey(sseCustomerKey, serverSideEncryption, operation);
  checkTags(tags, operation);
  return definedOnly({ storageClass, serverSideEncryption, sseKmsKeyId, sseCustomerKey, tags });
}

function checkSseKey(key: unknown, serverSideEncryption: unknown, operation: string): void {
  if (key === undefined) return;
  if (!(key instanceof Uint8Array) || key.byteLength !== 32) refuse("sseCustomerKey must be 32 bytes", operation);
  if (serverSideEncryption !== undefined) refuse("give sseCustomerKey or serverSideEncryption, not both", operation);
}

/** Without the members that are undefined. */
function definedOnly<T extends object>(values: T): { [Name in keyof T]?: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as never;
}
