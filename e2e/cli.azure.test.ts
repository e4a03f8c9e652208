import { execFile, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { buffer } from "node:stream/consumers";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { BlobServiceClient, type ContainerClient } from "@azure/storage-blob";
import { crc32c } from "@sluice/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnAzure, uniqueBucket } from "../scripts/servers/index.ts";

const SLUICE = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli/package.json")), "dist", "bin.js");
/** Its package.json names backend-azure, which the command finds there. */
const here = fileURLToPath(new URL(".", import.meta.url));

describeOnAzure("sluice with az://", ({ connectionString }) => {
  const environment = { ...process.env, AZURE_STORAGE_CONNECTION_STRING: connectionString };
  let folder: string;
  let container: ContainerClient;
  let base: string;

  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), "sluice-az-"));
    container = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(uniqueBucket());
    await container.create();
    base = `az://${container.containerName}`;
  });
  afterAll(async () => {
    await rm(folder, { recursive: true });
    await container.delete();
  });

  async function sluice(...parameters: string[]) {
    const options = { cwd: here, env: environment, maxBuffer: 1 << 24 };
    const { stdout } = await promisify(execFile)(process.execPath, [SLUICE, ...parameters], options);
    return stdout;
  }
  const json = async (...parameters: string[]) => JSON.parse(await sluice(...parameters, "--json"));

  test("a missing container is told as that, whatever is to be done there", async () => {
    const missing = `az://${uniqueBucket()}`;
    await writeFile(join(folder, "file"), "x");
    for (const command of [
      ...[
        ["ls", missing],
        ["put", join(folder, "file"), `${missing}/x`],
        ["rm", "-rf", missing],
        ["stat", `${missing}/x`],
      ],
      ...[
        ["cat", `${missing}/x`],
        ["rb", missing],
        ["gen", missing, "--size", "1KiB"],
        ["checkpoint", "ls", missing],
      ],
    ]) {
      await expect(sluice(...command), command.join(" ")).rejects.toMatchObject({
        ...{ code: 3, stderr: expect.stringContaining(`there is no bucket ${missing}; check the name, or make`) },
      });
    }
  });

  test("put, stat, ls, cat, get, verify, cp both ways, rm, sweep: the bytes and checksums are the same everywhere", async () => {
    const bytes = randomBytes(40 << 20);
    const checksum = crc32c(bytes);
    const [source, back] = [join(folder, "source.bin"), join(folder, "back.bin")];
    await writeFile(source, bytes);
    expect(await json("put", source, `${base}/a/put.bin`)).toMatchObject({ checksum });
    expect(await json("stat", `${base}/a/put.bin`)).toMatchObject({ checksum, size: bytes.byteLength });
    expect(await json("cp", source, `${base}/a/copied.bin`)).toMatchObject({ checksum });
    expect(await json("cp", `${base}/a/put.bin`, `${base}/a/within.bin`)).toMatchObject({ checksum });
    expect(await sluice("ls", `${base}/a/`)).toMatch(/copied\.bin[\s\S]*put\.bin[\s\S]*within\.bin/);
    for (const name of ["put.bin", "copied.bin", "within.bin"]) {
      await sluice("verify", `${base}/a/${name}`, "--checksum", checksum);
    }
    await sluice("get", `${base}/a/put.bin`, back);
    expect(crc32c(await readFile(back))).toBe(checksum);
    await sluice("cp", `${base}/a/copied.bin`, join(folder, "copied-back.bin"));
    expect(crc32c(await readFile(join(folder, "copied-back.bin")))).toBe(checksum);
    const cat = spawn(process.execPath, [SLUICE, "cat", `${base}/a/put.bin`], { cwd: here, env: environment });
    expect(crc32c(await buffer(cat.stdout))).toBe(checksum);
    await sluice("rm", "--recursive", `${base}/a/`);
    await sluice("sweep", `${base}/`);
    await expect(sluice("ls", `${base}/a/`)).rejects.toMatchObject({ code: 1, stdout: "" });
  });

  test("mb makes a container, rb removes it when it is empty, --force with all that is in it; -o sets options", async () => {
    const made = `az://${uniqueBucket()}`;
    await sluice("mb", made);
    await expect(sluice("mb", made)).rejects.toMatchObject({
      code: 2,
      stderr: expect.stringMatching(/ContainerAlreadyExists/),
    });
    const source = join(folder, "small.bin");
    await writeFile(source, randomBytes(3 << 20));
    const options = ["-o", "az.partBytes=1048576", "-o", "az.transactionalHash=crc64"];
    expect(await json("put", source, `${made}/a`, ...options)).toMatchObject({ parts: 3, verifiedBy: "server" });
    expect(await json("put", source, `${made}/b`)).toMatchObject({ verifiedBy: "none" });
    const wrong = sluice("put", source, `${made}/c`, "-o", "az.partSize=1");
    await expect(wrong).rejects.toMatchObject({ stderr: expect.stringMatching(/unknown option "partSize"/) });
    await expect(sluice("rb", made)).rejects.toMatchObject({ code: 3, stderr: expect.stringMatching(/not empty/) });
    // Blocks of a given-up writer, which only Azure removes, are in nobody's way.
    const blocks = BlobServiceClient.fromConnectionString(connectionString).getContainerClient(made.slice(5));
    await blocks.getBlockBlobClient("given-up").stageBlock("AAAA", "x", 1);
    expect(await json("rb", made, "--force")).toMatchObject({ removed: 2 });
    await expect(sluice("ls", made)).rejects.toMatchObject({
      code: 3,
      stderr: expect.stringMatching(/there is no bucket/),
    });
  });

  test("gen makes a data set and verify proves it", async () => {
    await sluice("gen", `${base}/set`, "--count", "3", "--size", "20MiB", "--dedup", "2", "--compress", "2");
    expect(await json("verify", `${base}/set`)).toBeTruthy();
  });

  test("what is wrong ends with the status of a storage failure, and says no secret", async () => {
    const failed = await sluice("stat", `${base}/nothing`).catch((error) => error);
    expect(failed).toMatchObject({ code: 3, stderr: expect.stringMatching(/NotFound|no such|BlobNotFound/i) });
    expect(failed.stderr).not.toContain(/AccountKey=([^;]+)/.exec(connectionString)?.[1]);
  });
});
