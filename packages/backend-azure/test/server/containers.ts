import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { uniqueBucket } from "../../../../scripts/servers/index.ts";

/** Containers of one file's tests, and their removal. */
export class TestContainers {
  readonly client: BlobServiceClient;
  readonly #made: ContainerClient[] = [];

  constructor(connectionString: string) {
    this.client = BlobServiceClient.fromConnectionString(connectionString);
  }

  async make(): Promise<ContainerClient> {
    const container = this.client.getContainerClient(uniqueBucket());
    await container.create();
    this.#made.push(container);
    return container;
  }

  async removeAll(): Promise<void> {
    await Promise.all(this.#made.splice(0).map((container) => container.deleteIfExists()));
  }
}
