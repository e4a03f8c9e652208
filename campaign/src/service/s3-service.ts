import { randomUUID } from "node:crypto";
import { openS3Store, type S3StoreOptions, s3Backend } from "@sluice/backend-s3";
import type { S3Server, StartedServer } from "../../../scripts/servers/types.ts";
import { s3ClassOf } from "../answers/exchange-class.js";
import type { Service } from "./hostile-service.js";

/** An S3 server that was started, with a bucket of its own. */
export async function s3Service({ server, stop }: StartedServer<S3Server>): Promise<Service> {
  const { endpoint, region, accessKeyId, secretAccessKey, profile } = server;
  const bucket = `campaign-${randomUUID()}`;
  const options: S3StoreOptions = {
    ...{ region, credentials: { accessKeyId, secretAccessKey }, partBytes: 5 << 20 },
    ...(profile !== undefined && { server: profile }),
  };
  const truth = await openS3Store(bucket, "", { ...options, endpoint });
  await truth.createBucket();
  const { hostname, port } = new URL(endpoint);
  return {
    classOf: s3ClassOf,
    target: { host: hostname, port: Number(port) },
    truth,
    plugin: s3Backend(),
    location: { scheme: "s3", authority: bucket, prefix: "" },
    optionsDirect: { ...options, endpoint },
    optionsThrough: (url) => ({ ...options, ...LIMITS, endpoint: url }),
    close: async () => {
      await truth.close();
      await stop();
    },
  };
}

const LIMITS = {
  ...{ maxAttempts: 2, connectTimeoutMs: 1000, requestTimeoutMs: 1500, idleTimeoutMs: 400 },
  ...{ readWindowBytes: 64 << 10, resumes: 1 },
};
