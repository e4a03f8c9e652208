// Vitest runs this once before the tests that need servers, and not at all where none of them is selected.
import type { TestProject } from "vitest/node";
import { startServers } from "./start-all.mjs";
import type { AzureServerOrMissing, S3ServerOrMissing } from "./types.ts";

declare module "vitest" {
  interface ProvidedContext {
    s3Servers: readonly S3ServerOrMissing[];
    azureServers: readonly AzureServerOrMissing[];
  }
}

let stop = async (): Promise<void> => undefined;

export async function setup(project: TestProject): Promise<void> {
  const servers = await startServers();
  stop = servers.stop;
  project.provide("s3Servers", servers.s3);
  project.provide("azureServers", servers.azure);
}

export async function teardown(): Promise<void> {
  await stop();
}
