import type { ContainerClient } from "@azure/storage-blob";
import { type CallOptions, Requests } from "@sluice/core";
import { ofService } from "./answer.js";
import { serviceClient } from "./client.js";
import { fromAzureError } from "./errors.js";
import { checkContainerName } from "./key.js";
import { type CheckedAzureOptions, checkAzureOptions } from "./options.js";

/** A container as everything in this package reaches it. */
export interface AzureContainer {
  readonly client: ContainerClient;
  readonly options: CheckedAzureOptions;
  readonly requests: Requests;
}

/** Checks name and options; no request is made. */
export function reachContainer(name: unknown, options: unknown, operation: string): AzureContainer {
  const checked = checkAzureOptions(options, operation);
  checkContainerName(name, operation);
  const client = serviceClient(checked, operation).getContainerClient(name);
  return { client, options: checked, requests: new Requests(checked, fromAzureError) };
}

export async function createContainer({ client, requests }: AzureContainer, { signal }: CallOptions): Promise<void> {
  await requests.run({ operation: "createContainer", signal }, async (abortSignal) => {
    ofService(await client.create({ abortSignal }), "Create Container");
  });
}
