// What tests that need a server import. Their files are named *.s3.test.ts or *.azure.test.ts, or lie in a package's test/server.
import { randomUUID } from "node:crypto";
import { describe, inject, test } from "vitest";
import type { AzureServer, AzureServerOrMissing, MissingServer, S3Server, S3ServerOrMissing } from "./types.ts";

export type {
  AzureServer,
  AzureServerOrMissing,
  MissingServer,
  S3Server,
  S3ServerName,
  S3ServerOrMissing,
} from "./types.ts";

export interface ServerSuiteOptions<Server extends { readonly name: string }> {
  /** The servers that the suite is for; by default all. */
  readonly only?: readonly Server["name"][];
}

type Suite<Server> = (server: Server) => void | Promise<void>;

/** The S3 servers of this run, those that could not be had among them. */
export function s3Servers(): readonly S3ServerOrMissing[] {
  return inject("s3Servers");
}

/** The Azure Blob server of this run, or why it could not be had. */
export function azureServers(): readonly AzureServerOrMissing[] {
  return inject("azureServers");
}

/**
 * Declares `suite` once for each S3 server, as "title on ceph". A server that can't be had shows as one skipped test with the
 * reason, and in CI as a failed one unless the server is optional.
 */
export function describeOnServers(title: string, suite: Suite<S3Server>, options?: ServerSuiteOptions<S3Server>): void {
  describeOnEach(title, s3Servers(), suite, options);
}

/** {@link describeOnServers} for servers that speak Azure Blob. */
export function describeOnAzure(
  title: string,
  suite: Suite<AzureServer>,
  options?: ServerSuiteOptions<AzureServer>,
): void {
  describeOnEach(title, azureServers(), suite, options);
}

/** A name that no bucket, and no Azure container, has yet. */
export function uniqueBucket(): string {
  return `sluice-${randomUUID()}`;
}

function describeOnEach<Server extends { readonly name: string }>(
  title: string,
  servers: readonly (Server | MissingServer<Server["name"]>)[],
  suite: Suite<Server>,
  { only }: ServerSuiteOptions<Server> = {},
): void {
  const wanted = servers.filter(({ name }) => only === undefined || only.includes(name));
  if (wanted.length === 0) test.skip(`${title} [only on ${only?.join(", ")}]`);
  for (const server of wanted) {
    const name = `${title} on ${server.name}`;
    if (!isMissing(server)) describe(name, () => suite(server));
    else if (process.env["CI"] !== "true" || server.optional === true) test.skip(`${name} [${server.unavailable}]`);
    else {
      test(`${name}: CI has the server`, () => {
        throw new Error(`${server.name} can't be had: ${server.unavailable}`);
      });
    }
  }
}

function isMissing<Server extends { readonly name: string }>(
  server: Server | MissingServer<Server["name"]>,
): server is MissingServer<Server["name"]> {
  return "unavailable" in server;
}
