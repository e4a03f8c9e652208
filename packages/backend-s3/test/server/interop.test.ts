import {
  CreateMultipartUploadCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { Crc32c, openStore, StoreRegistry } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { describe, expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { S3Bucket } from "../../src/bucket.js";
import { copyObject } from "../../src/copy.js";
import { s3Backend } from "../../src/index.js";
import { checkS3Options } from "../../src/options.js";
import { optionsFor, plainClient, storesOn, uploadsOf } from "./server-store.js";

const MIB = 1 << 20;
const random = new SeededRandom(11);

describeOnServers("beside other clients", (server) => {
  const client = plainClient(server);
  const openStore_ = storesOn(server, client);

  describe("lib-storage's Upload", () => {
    test.each([0, 10, 5 * MIB, 11 * MIB + 1])("what it wrote we read and verify (%i bytes)", async (size) => {
      const store = await openStore_();
      const bytes = random.bytes(size);
      const params = { Bucket: store.bucket, Key: "theirs", Body: Buffer.from(bytes), ContentType: "text/x-theirs" };
      await new Upload({ client, params, partSize: 5 * MIB }).done();
      const verify = new Crc32c().update(bytes).digest();
      const object = await store.get("theirs", { verify });
      expect(object.info).toMatchObject({ size, contentType: "text/x-theirs" });
      expect(Buffer.compare(await object.bytes(), bytes)).toBe(0);
    });

    test.each([0, 10, 5 * MIB, 11 * MIB + 1])("what we wrote the plain SDK reads (%i bytes)", async (size) => {
      const store = await openStore_();
      const bytes = random.bytes(size);
      const facts = { contentType: "text/x-ours", metadata: { step: "7" } };
      const { etag } = await store.put("ours", bytes, facts);
      const answer = await client.send(new GetObjectCommand({ Bucket: store.bucket, Key: "ours" }));
      expect(Buffer.compare((await answer.Body?.transformToByteArray()) as Uint8Array, bytes)).toBe(0);
      expect(answer).toMatchObject({ ETag: etag, ContentType: "text/x-ours", Metadata: { step: "7" } });
    });
  });

  test("URLs that were presigned read and put without credentials", async () => {
    const store = await openStore_();
    await store.put("folder/a b+c%", "content");
    const got = await fetch(await store.presignGet("folder/a b+c%", { expiresInSeconds: 60 }));
    expect([got.status, await got.text()]).toEqual([200, "content"]);
    const url = await store.presignPut("put", { contentType: "text/x-put" });
    const put = await fetch(url, { method: "PUT", body: "by url", headers: { "content-type": "text/x-put" } });
    expect(put.status).toBe(200);
    const object = await store.get("put");
    expect([await object.text(), object.info.contentType]).toEqual(["by url", "text/x-put"]);
  });

  test("an object that CopyObject can't take is copied in parts, with its facts", async () => {
    const store = await openStore_();
    const bytes = random.bytes(11 * MIB + 3);
    await store.put("a b/é", bytes, { contentType: "text/x", metadata: { step: "7" } });
    const bucket = new S3Bucket(store.bucket, store.client, checkS3Options(optionsFor(server), "test"));
    await copyObject(bucket, "a b/é", "copy", {}, { wholeBytes: MIB, partBytes: 5 * MIB });
    const copy = await store.get("copy");
    expect(copy.info).toMatchObject({ size: bytes.byteLength, contentType: "text/x", metadata: { step: "7" } });
    expect(Buffer.compare(await copy.bytes(), bytes)).toBe(0);
    expect(await uploadsOf(client, store.bucket)).toEqual([]);
  });

  test("a sweep finds the uploads of the killed below its prefix, tells their bytes, and aborts them", async () => {
    const store = await openStore_();
    const begin = async (Key: string) => {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket: store.bucket, Key }));
      const part = { Bucket: store.bucket, Key, UploadId, PartNumber: 1, Body: Buffer.from("abc") };
      await client.send(new UploadPartCommand(part));
    };
    await begin("in/one");
    await begin("out/two");
    const registry = new StoreRegistry({ plugins: [s3Backend()], discovery: false });
    const backendOptions = optionsFor(server) as Record<string, unknown>;
    const inside = await openStore(`s3://${store.bucket}/in`, { registry, backendOptions });
    expect(await inside.sweepStaleUploads()).toEqual([]);
    // Servers tell their time and that of uploads in whole seconds, and may round up.
    const sweep = { olderThanMs: 0 };
    const findOne = () => inside.sweepStaleUploads({ ...sweep, dryRun: true });
    await expect
      .poll(findOne, { timeout: 5000 })
      .toMatchObject([{ bytes: 3, name: expect.stringContaining("in/one") }]);
    await expect.poll(() => inside.sweepStaleUploads(sweep), { timeout: 5000 }).toHaveLength(1);
    expect(await uploadsOf(client, store.bucket)).toEqual([expect.stringContaining("out/two")]);
  });

  test("a bucket is made and removed, and not while there is something in it", async () => {
    const store = await openStore_();
    await store.put("object", "x");
    await expect(store.deleteBucket()).rejects.toMatchObject({ code: "InvalidState", statusCode: 409 });
    await store.delete("object");
    await store.deleteBucket();
    const missing = { code: "NotFound", message: expect.stringContaining(store.bucket) };
    await expect(store.get("object")).rejects.toMatchObject(missing);
    await expect(store.put("object", "x")).rejects.toMatchObject(missing);
    await expect(store.deleteBucket()).rejects.toMatchObject(missing);
    await store.createBucket();
  });

  test("wrong credentials are told from missing rights, without a secret in the message", async () => {
    const store = await openStore_();
    const { credentials: _, ...options } = optionsFor(server);
    const credentials = { accessKeyId: server.accessKeyId, secretAccessKey: "not-the-secret" };
    const registry = new StoreRegistry({ plugins: [s3Backend()], discovery: false });
    const other = await openStore(`s3://${store.bucket}`, { registry, backendOptions: { ...options, credentials } });
    await expect(other.put("object", "x")).rejects.toMatchObject({
      code: "Unauthenticated",
      statusCode: 403,
      message: expect.not.stringContaining("not-the-secret"),
    });
  });
});

describeOnServers(
  "ifNotExists where only whole puts hold it",
  (server) => {
    const openStore_ = storesOn(server);

    test("one of many writers wins; those that lose leave no trace in the metadata", async () => {
      const store = await openStore_();
      const puts = Array.from({ length: 12 }, (_, index) => store.put("object", `${index}`, { ifNotExists: true }));
      const outcomes = await Promise.allSettled(puts);
      const losers = outcomes.filter((outcome) => outcome.status === "rejected");
      expect(losers).toHaveLength(11);
      for (const { reason } of losers) expect(reason).toMatchObject({ code: "AlreadyExists", statusCode: 412 });
      const winner = outcomes.findIndex((outcome) => outcome.status === "fulfilled");
      const object = await store.get("object");
      expect([await object.text(), object.info.metadata]).toEqual([`${winner}`, {}]);
    });

    test("a larger object is refused with Unsupported before anything is sent", async () => {
      const store = await openStore_();
      const put = store.put("object", random.bytes(6 * MIB), { ifNotExists: true });
      await expect(put).rejects.toMatchObject({ code: "Unsupported", message: expect.stringContaining("partBytes") });
      await store.put("source", random.bytes(6 * MIB));
      await expect(store.copy("source", "object", { ifNotExists: true })).rejects.toMatchObject({
        code: "Unsupported",
      });
      expect(await store.exists("object")).toBe(false);
    });

    test("tags are kept", async () => {
      const store = await openStore_({ tags: { team: "a b", "run=1": "é" } });
      // Ceph 18 drops the tags of multipart uploads.
      for (const size of [0, 10]) {
        await store.put("object", random.bytes(size));
        const target = { Bucket: store.bucket, Key: "object" };
        const { TagSet = [] } = await store.client.send(new GetObjectTaggingCommand(target));
        expect(Object.fromEntries(TagSet.map(({ Key, Value }) => [Key, Value]))).toEqual({ team: "a b", "run=1": "é" });
        await store.client.send(new HeadObjectCommand(target));
      }
    });
  },
  { only: ["ceph"] },
);
