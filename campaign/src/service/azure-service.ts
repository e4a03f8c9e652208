import { randomUUID } from "node:crypto";
import { azureBackend, openAzureStore } from "@sluice/backend-azure";
import type { AzureServer, StartedServer } from "../../../scripts/servers/types.ts";
import { azureClassOf } from "../answers/exchange-class.js";
import type { Service } from "./hostile-service.js";

/** A server that speaks Azure Blob and was started, with a container of its own. */
export async function azureService({ server, stop }: StartedServer<AzureServer>): Promise<Service> {
  const container = `campaign-${randomUUID()}`;
  const { connectionString } = server;
  const truth = await openAzureStore(container, { connectionString });
  await truth.createContainer();
  const endpoint = new URL(/BlobEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? "");
  return {
    classOf: azureClassOf,
    target: { host: endpoint.hostname, port: Number(endpoint.port) },
    truth,
    plugin: azureBackend(),
    location: { scheme: "az", authority: container, prefix: "" },
    optionsDirect: { connectionString },
    optionsThrough: (url) => ({ ...LIMITS, connectionString: connectionString.replace(endpoint.origin, url) }),
    close: async () => {
      await truth.close();
      await stop();
    },
  };
}

const LIMITS = {
  ...{ maxTries: 2, retryDelayMs: 20, maxRetryDelayMs: 50, requestTimeoutMs: 1500, idleTimeoutMs: 400 },
  ...{ readWindowBytes: 64 << 10, resumes: 1, partBytes: 64 << 10 },
};
