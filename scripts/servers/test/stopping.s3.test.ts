import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { afterAll, expect, test } from "vitest";
import { describeOnServers } from "../index.ts";
import { startServers } from "../start-all.mjs";

const starter = fileURLToPath(new URL("starter.mjs", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "servers-stop-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Each server's processes name their data folder in their command lines.
const running = async (): Promise<string> => (await promisify(execFile)("ps", ["-eo", "args", "ww"])).stdout;

async function start() {
  const child = spawn(process.execPath, [starter], {
    env: { ...process.env, TMPDIR: folder },
    stdio: ["pipe", "pipe", "inherit"],
  });
  const [names] = (await once(child.stdout, "data")) as [Buffer];
  expect(String(names).trim()).toMatch(/^ceph swift .* azurite$/);
  expect(await running()).toContain(folder);
  return child;
}

describeOnServers(
  "stopping",
  () => {
    test("ends the processes and removes the data before it returns", async () => {
      const child = await start();
      child.stdin.end("stop");
      await once(child, "close");
      expect(await running()).not.toContain(folder);
      expect(readdirSync(folder).filter((name) => name.startsWith("sluice-"))).toEqual([]);
    });

    test("happens too where the starter is killed", async () => {
      const child = await start();
      child.kill("SIGKILL");
      await once(child, "close");
      await expect.poll(running, { timeout: 30_000 }).not.toContain(folder);
      const left = () => readdirSync(folder).filter((name) => name.startsWith("sluice-"));
      await expect.poll(left, { timeout: 30_000 }).toEqual([]);
    });
  },
  { only: ["ceph"] },
);

test("a server that can't be had is listed with the reason", async () => {
  const servers = await startServers({ S3_TEST_ENDPOINT: "http://127.0.0.1:1", AZURE_TEST_CONNECTION_STRING: "x" });
  expect(servers.s3).toEqual([{ name: "custom", unavailable: expect.stringContaining("S3_TEST_ACCESS_KEY_ID") }]);
  expect(servers.azure).toEqual([{ name: "custom", connectionString: "x" }]);
  await servers.stop();
});
