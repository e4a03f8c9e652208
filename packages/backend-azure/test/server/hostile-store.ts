import type { ContainerClient } from "@azure/storage-blob";
import { type AzureStore, openAzureStore } from "@sluice/backend-azure";
import { afterAll, afterEach, beforeAll } from "vitest";
import { TestContainers } from "./containers.js";
import { type HostileAnswers, startHostileAnswers } from "./hostile-answers.js";

/** Bytes of a block, and of a window that is read. */
export const PART_BYTES: number = 64 << 10;

export interface HostileStore {
  readonly hostile: HostileAnswers;
  /** Past the proxy. */
  readonly container: ContainerClient;
  readonly store: AzureStore;
}

/** Gives each test a store of its own behind hostile answers, with short pauses; removes what it made. */
export function useHostileStore(connectionString: string): { readonly make: () => Promise<HostileStore> } {
  const containers = new TestContainers(connectionString);
  let hostile: HostileAnswers;
  beforeAll(async () => {
    hostile = await startHostileAnswers(connectionString);
  });
  afterEach(async () => {
    hostile.calm();
    await containers.removeAll();
  });
  afterAll(() => hostile.close());
  const make = async (): Promise<HostileStore> => {
    const container = await containers.make();
    const store = await openAzureStore(container.containerName, {
      connectionString: hostile.connectionString,
      partBytes: PART_BYTES,
      readWindowBytes: PART_BYTES,
      maxTries: 3,
      retryDelayMs: 1,
      maxRetryDelayMs: 2,
      resumes: 1,
    });
    return { hostile, container, store };
  };
  return { make };
}
