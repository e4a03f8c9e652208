import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BlobServiceClient } from "@azure/storage-blob";
import { expect, test } from "vitest";
import { describeOnAzure, uniqueBucket } from "../scripts/servers/index.ts";

const here = fileURLToPath(new URL(".", import.meta.url));

describeOnAzure("the README of backend-azure", ({ connectionString }) => {
  test("its example runs as it stands, on another container", async () => {
    const readme = await readFile(new URL("../packages/backend-azure/README.md", import.meta.url), "utf8");
    const example = /## Use\n[^#]*?```js\n([\s\S]*?)```/.exec(readme)?.[1];
    if (example === undefined) throw new Error("it has no example");
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(12);
    const container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(uniqueBucket());
    await container.create();
    try {
      const code = example.replaceAll("az://example/", `az://${container.containerName}/`);
      const env = { ...process.env, AZURE_STORAGE_CONNECTION_STRING: connectionString };
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
        cwd: here,
        env,
      });
      expect(stdout).toMatch(/^content crc32c:[0-9a-f]{8}\n$/);
    } finally {
      await container.delete();
    }
  });
});
