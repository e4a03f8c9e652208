// @ts-check
import { startAzurite, startCeph, startSeaweedfs, startSwift, startVersitygw } from "./start.mjs";

/** @typedef {import("./types.ts").S3ServerOrMissing} S3ServerOrMissing */
/** @typedef {import("./types.ts").AzureServerOrMissing} AzureServerOrMissing */

/**
 * Starts all servers at once (SeaweedFS only where `S3_TEST_SEAWEEDFS` is set), or takes those that `S3_TEST_ENDPOINT` and
 * `AZURE_TEST_CONNECTION_STRING` name. One that can't be had is listed with the reason; this does not fail.
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {Promise<{ s3: S3ServerOrMissing[], azure: AzureServerOrMissing[], stop: () => Promise<void> }>}
 */
export async function startServers(environment = process.env) {
  /** @type {(() => Promise<void>)[]} */
  const stops = [];
  /**
   * @template {{ readonly name: string }} Server
   * @param {Server["name"]} name
   * @param {() => Promise<import("./types.ts").StartedServer<Server>>} start
   * @param {boolean} optional
   * @returns {Promise<Server | import("./types.ts").MissingServer<Server["name"]>>}
   */
  const started = async (name, start, optional = false) => {
    try {
      const { server, stop } = await start();
      stops.push(stop);
      return server;
    } catch (error) {
      const { message } = /** @type {Error} */ (error);
      return { name, unavailable: message, ...(optional && { optional: /** @type {const} */ (true) }) };
    }
  };
  const seaweedfs = async () => {
    if (!environment["S3_TEST_SEAWEEDFS"]) throw new Error("runs where S3_TEST_SEAWEEDFS is set");
    return startSeaweedfs();
  };
  const customS3 = customS3Server(environment);
  const connectionString = environment["AZURE_TEST_CONNECTION_STRING"];
  const [s3, azure] = await Promise.all([
    customS3
      ? [customS3]
      : Promise.all([
          started("ceph", startCeph),
          started("swift", startSwift),
          started("versitygw", startVersitygw, true),
          started("seaweedfs", seaweedfs, true),
        ]),
    connectionString
      ? [/** @type {const} */ ({ name: "custom", connectionString })]
      : Promise.all([started("azurite", startAzurite)]),
  ]);
  return {
    s3,
    azure,
    stop: async () => {
      await Promise.all(stops.map((stop) => stop()));
    },
  };
}

/**
 * @param {Readonly<Record<string, string | undefined>>} environment
 * @returns {S3ServerOrMissing | undefined}
 */
function customS3Server(environment) {
  const endpoint = environment["S3_TEST_ENDPOINT"];
  if (!endpoint) return undefined;
  const accessKeyId = environment["S3_TEST_ACCESS_KEY_ID"] ?? environment["AWS_ACCESS_KEY_ID"];
  const secretAccessKey = environment["S3_TEST_SECRET_ACCESS_KEY"] ?? environment["AWS_SECRET_ACCESS_KEY"];
  if (!accessKeyId || !secretAccessKey) {
    const unavailable = "S3_TEST_ENDPOINT is set, S3_TEST_ACCESS_KEY_ID and S3_TEST_SECRET_ACCESS_KEY are not both";
    return { name: "custom", unavailable };
  }
  const region = environment["S3_TEST_REGION"] ?? "us-east-1";
  return { name: "custom", endpoint, region, accessKeyId, secretAccessKey };
}
