import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { isObjectStoreError, openStore, StoreRegistry } from "@sluice/core";
import { afterEach, describe, expect, onTestFinished, test, vi } from "vitest";
import { isS3Store, openS3Store, type S3StoreOptions, s3Backend } from "../src/index.js";

const credentials = { accessKeyId: "key", secretAccessKey: "a-very-secret-text" };
const here: S3StoreOptions = { endpoint: "http://127.0.0.1:9", credentials };

afterEach(() => vi.unstubAllEnvs());

/** Without anything of the machine's own configuration. */
function emptyEnvironment(): void {
  for (const name of Object.keys(process.env)) if (name.startsWith("AWS_")) vi.stubEnv(name, undefined);
  vi.stubEnv("AWS_CONFIG_FILE", "/nonexistent/config");
  vi.stubEnv("AWS_SHARED_CREDENTIALS_FILE", "/nonexistent/credentials");
  vi.stubEnv("AWS_EC2_METADATA_DISABLED", "true");
}

describe("options that are refused before any request", () => {
  test.each<[string, object]>([
    ["unknown", { bucketName: "x" }],
    ["parts that are too small", { partBytes: (5 << 20) - 1 }],
    ["parts that are too large", { partBytes: 5 * 1024 ** 3 + 1 }],
    ["no parts in flight", { partsInFlight: 0 }],
    ["a window of nothing", { readWindowBytes: 0 }],
    ["no attempts", { maxAttempts: 0 }],
    ["a negative timeout", { idleTimeoutMs: -1 }],
    ["an unknown server", { server: "s3" }],
    ["an unknown condition", { ifMatch: "sometimes" }],
    ["unknown checksums", { checksums: "sha256" }],
    ["a flag that is none", { unsignedPayload: "yes" }],
    ["an endpoint that is none", { endpoint: "storage.example.com" }],
    ["an endpoint with credentials", { endpoint: "https://key:secret@storage.example.com" }],
    ["an endpoint with a query", { endpoint: "https://storage.example.com/?x=1" }],
    ["a customer's key of the wrong length", { sseCustomerKey: new Uint8Array(31) }],
    ["a key id without KMS", { sseKmsKeyId: "arn" }],
    ["two ways of encrypting", { sseCustomerKey: new Uint8Array(32), serverSideEncryption: "AES256" }],
    ["eleven tags", { tags: Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`t${index}`, "x"])) }],
    ["a client that is none", { client: {} }],
    ["a client beside its options", { endpoint: undefined, client: new S3Client({ region: "x" }), region: "y" }],
    ["certificates that are not there", { caFile: "/nonexistent/ca.pem" }],
  ])("%s", async (_name, options) => {
    const { credentials: _, ...given } = { ...here, ...options } as S3StoreOptions;
    const error = await openS3Store("bucket", "", given).catch((reason: unknown) => reason);
    expect(isObjectStoreError(error, "InvalidArgument"), String(error)).toBe(true);
    expect(String(error)).not.toContain("secret");
  });

  test.each(["", "a", "with space", "a/b"])("the bucket %j", async (bucket) => {
    await expect(openS3Store(bucket, "", here)).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  test.each<[string, Record<string, string>]>([
    ["upper case in a name", { Step: "1" }],
    ["a value that is no ASCII", { step: "über" }],
    ["a value with a space before it", { step: " 1" }],
    ["a line break", { step: "1\r\nx-amz-acl: public-read" }],
    ["too much", { step: "x".repeat(3000) }],
    ["the backend's own", { "sluice-write-id": "x" }],
  ])("metadata: %s", async (_name, metadata) => {
    const store = await openS3Store("bucket", "", here);
    await expect(store.put("key", "x", { metadata })).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  test("how long a presigned URL works", async () => {
    const store = await openS3Store("bucket", "", here);
    for (const expiresInSeconds of [0, 604_801, 1.5]) {
      await expect(store.presignGet("key", { expiresInSeconds })).rejects.toMatchObject({ code: "InvalidArgument" });
    }
    await expect(store.presignGet("")).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(store.presignPut("key", { contentType: "" })).rejects.toMatchObject({ code: "InvalidArgument" });
  });
});

describe("configuration", () => {
  test("no region is InvalidArgument and says how to give one", async () => {
    emptyEnvironment();
    await expect(openS3Store("bucket", "", { credentials })).rejects.toMatchObject({
      code: "InvalidArgument",
      message: expect.stringContaining("AWS_REGION"),
    });
  });

  test("no credentials are Unauthenticated and say how to give them", async () => {
    emptyEnvironment();
    const store = await openS3Store("bucket", "", { endpoint: "http://127.0.0.1:9" });
    await expect(store.head("key")).rejects.toMatchObject({
      code: "Unauthenticated",
      message: expect.stringContaining("AWS_ACCESS_KEY_ID"),
    });
  });

  test("endpoint and region come from the environment; AWS_ENDPOINT_URL_S3 goes before AWS_ENDPOINT_URL", async () => {
    emptyEnvironment();
    vi.stubEnv("AWS_ENDPOINT_URL", "http://127.0.0.1:11");
    vi.stubEnv("AWS_REGION", "eu-west-7");
    const first = await openS3Store("bucket", "", { credentials });
    expect(await endpointOf(first.client)).toBe("127.0.0.1:11");
    expect(await first.client.config.region()).toBe("eu-west-7");
    expect(first.client.config.forcePathStyle).toBe(true);
    vi.stubEnv("AWS_ENDPOINT_URL_S3", "http://127.0.0.1:12");
    const second = await openS3Store("bucket", "", { credentials });
    expect(await endpointOf(second.client)).toBe("127.0.0.1:12");
    vi.stubEnv("AWS_IGNORE_CONFIGURED_ENDPOINT_URLS", "true");
    const third = await openS3Store("bucket", "", { credentials });
    expect(third.client.config.forcePathStyle).toBe(false);
  });

  test("an endpoint of the profile gives path style too, unless told otherwise", async () => {
    emptyEnvironment();
    const folder = await mkdtemp(join(tmpdir(), "sluice-s3-"));
    onTestFinished(() => rm(folder, { recursive: true }));
    const file = join(folder, "config");
    await writeFile(file, "[profile here]\nregion = eu-west-7\nendpoint_url = http://s3.test:13\n");
    vi.stubEnv("AWS_CONFIG_FILE", file);
    vi.stubEnv("AWS_PROFILE", "here");
    const store = await openS3Store("bucket", "", { credentials });
    expect(await store.presignGet("key")).toContain("http://s3.test:13/bucket/key?");
    const hosted = await openS3Store("bucket", "", { credentials, forcePathStyle: false });
    expect(await hosted.presignGet("key")).toContain("http://bucket.s3.test:13/key?");
    const chosen = await openS3Store("bucket", "", { credentials, region: "x", endpoint: "http://127.0.0.1:14" });
    expect(await chosen.presignGet("key")).toContain("http://127.0.0.1:14/bucket/key?");
  });

  test("Amazon's buckets are named in the host, others in the path, unless told otherwise", async () => {
    emptyEnvironment();
    const amazon = await openS3Store("bucket", "", { region: "eu-west-1", credentials });
    expect(new URL(await amazon.presignGet("a b")).host).toBe("bucket.s3.eu-west-1.amazonaws.com");
    const own = await openS3Store("bucket", "", here);
    expect(new URL(await own.presignGet("a b")).pathname).toBe("/bucket/a%20b");
    const hosted = await openS3Store("bucket", "", { ...here, endpoint: "http://s3.test:9", forcePathStyle: false });
    expect(new URL(await hosted.presignGet("a b")).host).toBe("bucket.s3.test:9");
  });
});

describe("clients", () => {
  test("stores with equal options share one until the last is closed", async () => {
    const options = { ...here, endpoint: "http://127.0.0.1:10" };
    const [first, second] = await Promise.all([openS3Store("one", "", options), openS3Store("two", "", options)]);
    expect(second.client).toBe(first.client);
    const other = await openS3Store("one", "", { ...options, maxSockets: 3 });
    expect(other.client).not.toBe(first.client);
    await first.close();
    await first.close();
    const third = await openS3Store("one", "", options);
    expect(third.client).toBe(second.client);
    await second.close();
    await third.close();
    const fresh = await openS3Store("one", "", options);
    expect(fresh.client).not.toBe(first.client);
  });

  test("one of the caller's is used as it is and never closed", async () => {
    const client = new S3Client({ region: "x", credentials });
    const destroy = vi.spyOn(client, "destroy");
    const store = await openS3Store("bucket", "", { client });
    expect(store.client).toBe(client);
    await store.close();
    expect(destroy).not.toHaveBeenCalled();
  });
});

describe("the plugin", () => {
  test("opens s3: URIs with a prefix, and is recognised", async () => {
    const registry = new StoreRegistry({ plugins: [s3Backend()], discovery: false });
    const store = await openStore("s3://bucket/run-7", { registry, backendOptions: here as Record<string, unknown> });
    expect(store.uri).toBe("s3://bucket/run-7/");
    expect(isS3Store(store) && store.bucket).toBe("bucket");
  });

  test.each([
    ["aws", [true, true]],
    ["minio", [true, true]],
    ["ceph", [true, false]],
    ["r2", [true, true]],
    ["swift", [false, false]],
    ["gcs", [false, false]],
  ] as const)("a store on %s says which conditions hold: %j", async (server, [ifNotExists, ifMatch]) => {
    const store = await openS3Store("bucket", "", { ...here, server });
    expect(store.capabilities).toMatchObject({ ifNotExists, ifMatch });
  });
});

async function endpointOf(client: S3Client): Promise<string> {
  const { hostname, port } = (await client.config.endpoint?.()) ?? { hostname: "", port: 0 };
  return `${hostname}:${port}`;
}
