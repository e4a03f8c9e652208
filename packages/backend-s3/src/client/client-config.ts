import { readFileSync } from "node:fs";
import type { Agent as HttpAgent } from "node:http";
import type { Agent as HttpsAgent } from "node:https";
import { rootCertificates } from "node:tls";
import { S3Client, type S3ClientConfig } from "@aws-sdk/client-s3";
import { ObjectStoreError } from "@sluice/core";
import type { CheckedS3Options } from "../options.js";
import { ReadingHttpAgent, ReadingHttpsAgent } from "./reading-agents.js";
import { retryStrategy } from "./retry-strategy.js";

type ClientOptions = CheckedS3Options["client"];

/** The region of stores that don't care but want one in the signature. */
const ANY_REGION = "us-east-1";

/** A client, and how to give its connections back. */
export interface OwnClient {
  readonly client: S3Client;
  /** Closes connections that rest, and each of the others when its request has ended. */
  release(): void;
}

/** Makes the client; InvalidArgument for certificates that can't be read. */
export function createClient(options: ClientOptions, environment: NodeJS.ProcessEnv): OwnClient {
  const agents = createAgents(options, environment);
  const client = new S3Client(clientConfig(options, environment, agents));
  return {
    client,
    release: () => {
      for (const agent of Object.values(agents)) closeWhenIdle(agent);
    },
  };
}

/** The configuration of the SDK's client: nothing is hashed that has been hashed, and no answer waits for `100 Continue`. */
function clientConfig(options: ClientOptions, environment: NodeJS.ProcessEnv, agents: Agents): S3ClientConfig {
  const { region, profile, credentials, requestHandler } = options;
  const endpoint = options.endpoint ?? endpointOf(environment);
  const isOwnEndpoint = endpoint !== undefined;
  const { AWS_REGION, AWS_DEFAULT_REGION } = environment;
  const usedRegion = region ?? (AWS_REGION || AWS_DEFAULT_REGION || (isOwnEndpoint ? ANY_REGION : undefined));
  return {
    ...(usedRegion !== undefined && { region: usedRegion }),
    ...(profile !== undefined && { profile }),
    ...(credentials !== undefined && { credentials }),
    ...(isOwnEndpoint && { endpoint }),
    forcePathStyle: options.forcePathStyle ?? isOwnEndpoint,
    retryStrategy: retryStrategy(options.maxAttempts),
    maxAttempts: options.maxAttempts,
    requestHandler: requestHandler ?? {
      ...{ httpAgent: agents.http, httpsAgent: agents.https },
      connectionTimeout: options.connectTimeoutMs,
      requestTimeout: options.requestTimeoutMs,
      throwOnRequestTimeout: true,
      socketTimeout: options.idleTimeoutMs,
    },
    followRegionRedirects: true,
    expectContinueHeader: false,
    requestChecksumCalculation: "WHEN_REQUIRED",
    responseChecksumValidation: "WHEN_REQUIRED",
  };
}

/** As the AWS tools read it. */
function endpointOf(environment: NodeJS.ProcessEnv): string | undefined {
  const { AWS_IGNORE_CONFIGURED_ENDPOINT_URLS: ignored, AWS_ENDPOINT_URL_S3, AWS_ENDPOINT_URL } = environment;
  return ignored?.toLowerCase() === "true" ? undefined : AWS_ENDPOINT_URL_S3 || AWS_ENDPOINT_URL || undefined;
}

interface Agents {
  readonly http: HttpAgent;
  readonly https: HttpsAgent;
}

function createAgents({ maxSockets, ca, caFile }: ClientOptions, environment: NodeJS.ProcessEnv): Agents {
  const { AWS_CA_BUNDLE } = environment;
  const file = caFile ?? (ca === undefined ? AWS_CA_BUNDLE : undefined);
  const own = [...(ca === undefined ? [] : [ca]), ...(file ? [readCertificates(file)] : [])];
  const shared = { keepAlive: true, maxSockets };
  return {
    http: new ReadingHttpAgent(shared),
    https: new ReadingHttpsAgent({ ...shared, ...(own.length > 0 && { ca: [...rootCertificates, ...own] }) }),
  };
}

function readCertificates(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (cause) {
    const message = `the certificates in ${path} (caFile or AWS_CA_BUNDLE) can't be read`;
    throw new ObjectStoreError("InvalidArgument", message, { backend: "s3", cause });
  }
}

/** Not `destroy`, which would cut what is under way: writers and objects go on when their store is closed. */
function closeWhenIdle(agent: HttpAgent): void {
  agent.maxFreeSockets = 0;
  for (const sockets of Object.values(agent.freeSockets)) for (const socket of sockets ?? []) socket.destroy();
}
