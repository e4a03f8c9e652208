import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import type { ObjectStore } from "@sluice/core";
import { type ConformanceHarness, type Corruption, runConformance, startHostileStore } from "@sluice/core/testing";
import { afterAll, expect, test } from "vitest";
import { describeOnServers, type S3Server } from "../../../../scripts/servers/index.ts";
import { isS3Store, openS3Store, type S3Store } from "../../src/index.js";
import { optionsFor, plainClient, storesOn, uploadsOf } from "./server-store.js";

const ONLY_WHOLE =
  "the server ignores conditions of CompleteMultipartUpload; larger objects are refused with Unsupported";

const KEYS_ARE_PATHS = "versitygw keeps objects as files: keys are paths, of valid UTF-8 after cleaning";

/** Cases that a server can't pass, each with the reason. */
const SKIPPED: Readonly<Record<S3Server["name"], Readonly<Record<string, string>>>> = {
  ceph: { C2: ONLY_WHOLE, C3: ONLY_WHOLE },
  swift: {},
  versitygw: { K7: KEYS_ARE_PATHS, K10: KEYS_ARE_PATHS, K18: KEYS_ARE_PATHS },
  seaweedfs: {},
  custom: {},
};

describeOnServers("conformance", async (server) => {
  const client = plainClient(server);
  const openStore = storesOn(server, client);

  const harness: ConformanceHarness = {
    partBytes: 5 << 20,
    createStore: () => openStore(),
    // A part of versitygw's may outlive the upload that is aborted while the part is on its way.
    ...(server.name !== "versitygw" && { leftovers: (store) => uploadsOf(client, bucketOf(store)) }),
    corrupt: (store, key, change) => damage(bucketOf(store), key, change),
    boundedStore: true,
    hostile: (store) => {
      const { hostname, port } = new URL(server.endpoint);
      const limits = { maxAttempts: 2, requestTimeoutMs: 5000, idleTimeoutMs: 1000, resumes: 1 };
      const open = (endpoint: string) =>
        openS3Store(bucketOf(store), "", { ...optionsFor(server), ...limits, endpoint });
      return startHostileStore({ host: hostname, port: Number(port || 80) }, open);
    },
    skip: SKIPPED[server.name],
  };

  async function damage(Bucket: string, Key: string, change: Corruption): Promise<void> {
    const { Body, ContentType, Metadata } = await client.send(new GetObjectCommand({ Bucket, Key }));
    const bytes = (await Body?.transformToByteArray()) as Uint8Array;
    if ("flipAt" in change) bytes[change.flipAt] = (bytes[change.flipAt] as number) ^ 1;
    const damaged = "flipAt" in change ? bytes : bytes.subarray(0, change.truncateTo);
    await client.send(new PutObjectCommand({ Bucket, Key, Body: damaged, ContentType, Metadata }));
  }

  const counts = await runConformance(harness, { test, skip: (name, reason) => test.skip(`${name} [${reason}]`) });

  afterAll(() => {
    console.log(`${server.name}: ${counts.executed} cases executed, ${counts.skipped} skipped`);
    expect(counts.executed).toBe(counts.planned);
    expect(counts.executed).toBeGreaterThanOrEqual(60);
  });
});

function bucketOf(store: ObjectStore): string {
  expect(isS3Store(store)).toBe(true);
  return (store as S3Store).bucket;
}
