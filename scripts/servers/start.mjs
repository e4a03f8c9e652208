// @ts-check
import { mkdtemp, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { freePorts } from "./free-ports.mjs";
import { startKeptChild } from "./kept-child.mjs";
import { unpackedServer } from "./unpacked-server.mjs";

/** @typedef {import("./types.ts").S3Server} S3Server */
/** @typedef {import("./types.ts").AzureServer} AzureServer */
/**
 * @template Server
 * @typedef {import("./types.ts").StartedServer<Server>} StartedServer
 */

const here = fileURLToPath(new URL(".", import.meta.url));

/** Somebody else may take a port between the look and the start. */
const START_ATTEMPTS = 3;

/**
 * Ceph radosgw: fast, all data in memory, does not look at checksums.
 * @returns {Promise<StartedServer<S3Server>>}
 */
export async function startCeph() {
  const { endpoint, stop } = await startUnpacked("ceph", 62);
  const login = { accessKeyId: "testkey", secretAccessKey: "testsecret" };
  return { server: { name: "ceph", endpoint, region: "us-east-1", ...login, profile: "ceph" }, stop };
}

/**
 * OpenStack Swift with its S3 API: refuses wrong checksums.
 * @returns {Promise<StartedServer<S3Server>>}
 */
export async function startSwift() {
  const { endpoint, stop } = await startUnpacked("swift", 5);
  const login = { accessKeyId: "test:tester", secretAccessKey: "testing" };
  return { server: { name: "swift", endpoint, region: "us-east-1", ...login, profile: "swift" }, stop };
}

/**
 * versitygw over a folder: checks CRC-32C, knows FULL_OBJECT, and its objects are plain files. It is built with Go.
 * @returns {Promise<StartedServer<S3Server>>}
 */
export async function startVersitygw() {
  const { endpoint, data, stop } = await startUnpacked("versitygw", 1);
  const login = { accessKeyId: "testkey", secretAccessKey: "testsecret" };
  // Like MinIO it holds the conditions of puts, and ignores those of copies.
  const facts = { profile: /** @type {const} */ ("minio"), objectsFolder: join(data, "objects") };
  return { server: { name: "versitygw", endpoint, region: "us-east-1", ...login, ...facts }, stop };
}

/**
 * SeaweedFS: conditions, CRC-32C, many objects. It is built with Go.
 * @returns {Promise<StartedServer<S3Server>>}
 */
export async function startSeaweedfs() {
  const { endpoint, stop } = await startUnpacked("seaweedfs", 8);
  const login = { accessKeyId: "testkey", secretAccessKey: "testsecret" };
  return { server: { name: "seaweedfs", endpoint, region: "us-east-1", ...login, profile: "minio" }, stop };
}

/**
 * Azurite's blob service, in memory, strict about headers.
 * @returns {Promise<StartedServer<AzureServer>>}
 */
export async function startAzurite() {
  const azurite = createRequire(import.meta.url).resolve("azurite/dist/src/blob/main.js");
  const args = [
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    "0",
    "--inMemoryPersistence",
    "--silent",
    "--disableTelemetry",
  ];
  const preload = ["--import", new URL("end-with-starter.mjs", import.meta.url).href];
  const { match, stop } = await startKeptChild(
    process.execPath,
    [...preload, azurite, ...args, "--skipApiVersionCheck"],
    /listens on (http:\S+)\n/,
  );
  // The account that each Azurite has: https://learn.microsoft.com/azure/storage/common/storage-connect-azurite
  const key = "Eby8vdM02xNOcqFlqUwJPLlmEtlCDXJ1OUzFT50uSRZ6IFsuFq2UVErCz4I6tq/K1SZFPTOtr/KBHBeksoGMGw==";
  const account = `DefaultEndpointsProtocol=http;AccountName=devstoreaccount1;AccountKey=${key};`;
  const connectionString = `${account}BlobEndpoint=${match[1]}/devstoreaccount1;`;
  return { server: { name: "azurite", connectionString }, stop };
}

/**
 * @param {import("./unpacked-server.mjs").UnpackedName} name
 * @param {number} ports how many in a row it needs; the first is S3's
 */
async function startUnpacked(name, ports) {
  if (process.platform !== "linux") throw new Error(`${name} runs on Linux only`);
  const root = await unpackedServer(name);
  for (let attempt = 1; ; attempt++) {
    const port = await freePorts(ports);
    const data = await mkdtemp(join(tmpdir(), `sluice-${name}-`));
    try {
      const args = [join(here, "keep.sh"), join(here, `up-${name}.sh`), root, data, String(port)];
      const { stop } = await startKeptChild("bash", args, /^ready$/m);
      return { endpoint: `http://127.0.0.1:${port}`, data, stop };
    } catch (error) {
      await rm(data, { recursive: true, force: true });
      if (attempt === START_ATTEMPTS) throw error;
    }
  }
}
