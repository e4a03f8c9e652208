import { createHash } from "node:crypto";
import type { S3Client } from "@aws-sdk/client-s3";
import { ObjectStoreError } from "@sluice/core";
import type { CheckedS3Options } from "../options.js";
import { createClient, type OwnClient } from "./client-config.js";

/** A client in use by a store. */
export interface LentClient {
  readonly client: S3Client;
  /** Ends this use. */
  release(): void;
}

interface SharedClient extends OwnClient {
  users: number;
}

const clients = new Map<string, SharedClient>();

/**
 * The caller's own client, or the one that all stores with the same options and environment share; its connections are
 * closed with the last of those stores. InvalidArgument where no region is to be had.
 */
export async function lendClient(options: CheckedS3Options["client"]): Promise<LentClient> {
  if (options.client !== undefined) return { client: options.client, release: () => undefined };
  const identity = identityOf(options, process.env);
  const shared: SharedClient = clients.get(identity) ?? { ...createClient(options, process.env), users: 0 };
  clients.set(identity, shared);
  shared.users++;
  let isReleased = false;
  const release = (): void => {
    if (isReleased) return;
    isReleased = true;
    if (--shared.users > 0) return;
    clients.delete(identity);
    shared.release();
  };
  try {
    await shared.client.config.region();
  } catch (cause) {
    release();
    const message = "no region: give region, or set AWS_REGION or the profile's";
    throw new ObjectStoreError("InvalidArgument", message, { backend: "s3", cause });
  }
  if (options.forcePathStyle === undefined && (await hasConfiguredEndpoint(shared.client))) {
    shared.client.config.forcePathStyle = true;
  }
  return { client: shared.client, release };
}

/** Whether the profile has an endpoint (`endpoint_url`), which the SDK finds by itself. It keeps what it has found. */
async function hasConfiguredEndpoint({ config }: S3Client): Promise<boolean> {
  const { serviceConfiguredEndpoint } = config as { serviceConfiguredEndpoint?: () => Promise<string | undefined> };
  return (await serviceConfiguredEndpoint?.().catch(() => undefined)) !== undefined;
}

const objectNumbers = new WeakMap<object, number>();
let lastNumber = 0;

/** What the client depends on. Values that can't be compared (functions, handlers, credentials) count by identity. */
function identityOf(options: CheckedS3Options["client"], environment: NodeJS.ProcessEnv): string {
  const values = Object.entries(options).map(([name, value]) => [
    name,
    (typeof value === "object" && value !== null) || typeof value === "function" ? numberOf(value) : value,
  ]);
  const variables = Object.entries(environment).filter(([name]) => name.startsWith("AWS_"));
  const text = JSON.stringify([values.sort(), variables.sort()]);
  // Hashed, since it holds keys of the environment.
  return createHash("sha256").update(text).digest("hex");
}

function numberOf(value: object): number {
  const known = objectNumbers.get(value) ?? ++lastNumber;
  objectNumbers.set(value, known);
  return known;
}
