import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { promisify } from "node:util";
import { openS3Store } from "@sluice/backend-s3";
import { expect, test } from "vitest";
import { describeOnServers, uniqueBucket } from "../scripts/servers/index.ts";

describeOnServers(
  "the README of backend-s3",
  ({ endpoint, accessKeyId, secretAccessKey }) => {
    test("has an example that runs as it stands, on another bucket and with the server in the environment", async () => {
      const readme = await readFile(new URL("../packages/backend-s3/README.md", import.meta.url), "utf8");
      const example = /## Use\n[^#]*?```js\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
      expect(example.trim().split("\n").length).toBeLessThanOrEqual(12);
      const bucket = uniqueBucket();
      const store = await openS3Store(bucket, "", { endpoint, credentials: { accessKeyId, secretAccessKey } });
      await store.createBucket();
      const code = example.replaceAll("s3://bucket/", `s3://${bucket}/`);
      const { stdout } = await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], {
        cwd: import.meta.dirname,
        env: {
          ...process.env,
          AWS_ENDPOINT_URL_S3: endpoint,
          AWS_ACCESS_KEY_ID: accessKeyId,
          AWS_SECRET_ACCESS_KEY: secretAccessKey,
        },
      });
      expect(stdout).toBe("content\n");
      await store.delete("run-7/shard-0.bin");
      await store.deleteBucket();
      await store.close();
    });
  },
  { only: ["ceph", "custom"] },
);
