import { createHash } from "node:crypto";
import { azureBackend, isAzureStore, openAzureStore } from "@sluice/backend-azure";
import "@sluice/backend-azure/register";
import { crc32c, openStore } from "@sluice/core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { describeOnAzure, uniqueBucket } from "../../../../scripts/servers/index.ts";
import { TestContainers } from "./containers.js";

const PART_BYTES = 64 << 10;

describeOnAzure("an Azure store", ({ connectionString }) => {
  const containers = new TestContainers(connectionString);
  let container: string;
  beforeAll(async () => {
    container = (await containers.make()).containerName;
  });
  afterAll(() => containers.removeAll());
  const open = (options = {}) => openAzureStore(container, { connectionString, partBytes: PART_BYTES, ...options });

  describe("metadata", () => {
    test("names are encoded and come back, checksums are kept beside them and not shown, and any tool reads the rest", async () => {
      const store = await open();
      const metadata = { step: "7", "run-name": "a b=c", Upper: "X", "7th": "y", __0x41__: "z", "é.ö": "~" };
      for (const bytes of [Buffer.from("small"), Buffer.alloc(3 * PART_BYTES, 1)]) {
        const written = await store.put("object", bytes, { metadata, contentType: "text/plain" });
        const info = await store.head("object");
        expect(info).toMatchObject({ metadata, contentType: "text/plain", etag: written.etag });
        expect(info).toMatchObject({ checksum: crc32c(bytes), storedChecksum: crc32c(bytes) });
        const { metadata: native } = await store.containerClient.getBlobClient("object").getProperties();
        expect(native).toMatchObject({ step: "7", sluice_content_checksum: crc32c(bytes) });
      }
    });

    test("checksums under which another tool put other bytes, or wrote something else, are not told", async () => {
      const store = await open();
      for (const size of [1000, 3 * PART_BYTES]) {
        const { checksum } = await store.put("object", Buffer.alloc(size, 1), { metadata: { step: "7" } });
        const blob = store.containerClient.getBlockBlobClient("object");
        const { metadata = {} } = await blob.getProperties();
        const upload = (bytes: Buffer, other = {}) =>
          blob.upload(bytes, bytes.byteLength, { metadata: { ...metadata, ...other } });
        await upload(Buffer.alloc(size, 1));
        expect(await store.head("object")).toMatchObject({ checksum, storedChecksum: checksum });
        for (const [bytes, other] of [
          [Buffer.alloc(size - 1, 1), {}],
          [Buffer.alloc(size + 1, 1), {}],
          [Buffer.alloc(0), {}],
          [Buffer.alloc(size, 1), { sluice_stored_checksum: "unknown" }],
          [Buffer.alloc(size, 1), { sluice_content_checksum: "crc32c:ABCDEF01" }],
          [Buffer.alloc(size, 1), { sluice_stored_size: `0${size}` }],
        ] as const) {
          await upload(bytes, other);
          const info = await store.head("object");
          expect(info).toMatchObject({ size: bytes.byteLength, metadata: { step: "7" } });
          expect(info.checksum).toBeUndefined();
          expect(info.storedChecksum).not.toBe(checksum);
          expect(Buffer.compare(await (await store.get("object")).bytes(), bytes)).toBe(0);
        }
      }
    });

    test("the MD5 that the service keeps of what another tool wrote is told, and compared on whole reads", async () => {
      const store = await open({ readWindowBytes: PART_BYTES });
      const bytes = Buffer.alloc(3 * PART_BYTES + 5, "md5");
      const md5 = (of: Buffer) => createHash("md5").update(of).digest();
      const blob = store.containerClient.getBlockBlobClient("foreign");
      await blob.upload(bytes, bytes.byteLength);
      expect(await store.head("foreign")).toMatchObject({ storedChecksum: `md5:${md5(bytes).toString("hex")}` });
      const object = await store.get("foreign");
      expect(Buffer.compare(await object.bytes(), bytes)).toBe(0);
      expect(object.verifiedBy).toBe("md5");
      // A block list's hash is taken as it is given: here, that of other bytes.
      const id = Buffer.alloc(48).toString("base64");
      await blob.stageBlock(id, bytes, bytes.byteLength);
      await blob.commitBlockList([id], { blobHTTPHeaders: { blobContentMD5: md5(bytes.subarray(1)) } });
      await expect(store.get("foreign").then((damaged) => damaged.bytes())).rejects.toMatchObject({
        code: "ChecksumMismatch",
      });
      const unchecked = await store.get("foreign", { verify: "none" });
      expect(Buffer.compare(await unchecked.bytes(), bytes)).toBe(0);
      expect(Buffer.from(await store.getRange("foreign", { start: 5, end: 9 }))).toEqual(bytes.subarray(5, 9));
    });

    test("no MD5 is told that is none, or that later bytes are not in", async () => {
      const store = await open();
      const blob = store.containerClient.getBlockBlobClient("short");
      await blob.upload("content", 7);
      await blob.setHTTPHeaders({ blobContentMD5: Buffer.alloc(0) });
      expect((await store.head("short")).storedChecksum).toBeUndefined();
      expect(await (await store.get("short")).text()).toBe("content");
      const appended = store.containerClient.getAppendBlobClient("appended");
      const blobContentMD5 = createHash("md5").update("").digest();
      await appended.create({ blobHTTPHeaders: { blobContentMD5 } });
      await appended.appendBlock("content", 7);
      expect((await store.head("appended")).storedChecksum).toBeUndefined();
      expect(await (await store.get("appended")).text()).toBe("content");
    });

    test("what a blob can't keep is refused before any byte is sent", async () => {
      const store = await open();
      for (const metadata of [{ a: "é" }, { a: " a" }, { a: "" }, { a: "b\r\nc: d" }, { sluice_x: "y" }, { "": "x" }]) {
        await expect(store.put("refused", "x", { metadata })).rejects.toMatchObject({ code: "InvalidArgument" });
      }
      const large = { a: "x".repeat(8 << 10) };
      await expect(store.put("refused", "x", { metadata: large })).rejects.toMatchObject({ code: "InvalidArgument" });
      expect(await store.exists("refused")).toBe(false);
    });
  });

  test("access tier and tags are those of the options, for both ways to write", async () => {
    const store = await open({ accessTier: "Cool", tags: { run: "7" } });
    for (const size of [10, 3 * PART_BYTES]) {
      await store.put("tiered", Buffer.alloc(size));
      const blob = store.containerClient.getBlobClient("tiered");
      expect((await blob.getProperties()).accessTier).toBe("Cool");
      expect((await blob.getTags()).tags).toEqual({ run: "7" });
    }
  });

  test("a SAS URL reads without a credential, for as long and as much as it says", async () => {
    const store = await open();
    await store.put("folder/a b%#?é", "content");
    const url = await store.sasUrl("folder/a b%#?é", { expiresInMs: 60_000 });
    expect(await (await fetch(url)).text()).toBe("content");
    const write = await fetch(url, { method: "PUT", body: "x", headers: { "x-ms-blob-type": "BlockBlob" } });
    expect(write.status).toBe(403);
    for (const options of [
      { expiresInMs: 0 },
      { expiresInMs: 60_000, permissions: "q" },
      { expiresInMs: 1000, x: 1 },
    ]) {
      await expect(store.sasUrl("a", options)).rejects.toMatchObject({ code: "InvalidArgument" });
    }
  });

  test("a store opened with a signature works, says so where it can't sign, and no error quotes the signature", async () => {
    const sas = await containers.client.getContainerClient(container).generateSasUrl({
      permissions: (await import("@azure/storage-blob")).ContainerSASPermissions.parse("rwdl"),
      expiresOn: new Date(Date.now() + 600_000),
    });
    const { search } = new URL(sas);
    const endpoint = containers.client.url.replace(/\/$/, "");
    const store = await openAzureStore(container, { endpoint, sasToken: search });
    await store.put("signed", "content");
    await store.copy("signed", "signed-copy");
    expect(await (await store.get("signed-copy")).text()).toBe("content");
    expect((await store.deleteMany(["signed", "signed-copy"])).every(({ error }) => error === undefined)).toBe(true);
    await expect(store.sasUrl("a", { expiresInMs: 1000 })).rejects.toMatchObject({ code: "Unsupported" });
    const wrong = await openAzureStore(container, { endpoint, sasToken: search.replace(/sig=[^&]{6}/, "sig=AAAAAA") });
    const error = await wrong.head("a").catch((caught) => caught);
    expect(error.code).toMatch(/Unauthenticated|PermissionDenied/);
    expect(JSON.stringify([error.message, String(error.cause), error])).not.toMatch(/AAAAAA|sig=/);
  });

  test("containers are made once, and deleted when they are empty", async () => {
    const name = uniqueBucket();
    const store = await openAzureStore(name, { connectionString });
    await store.createContainer();
    await expect(store.createContainer()).rejects.toMatchObject({ code: "AlreadyExists", uri: `az://${name}/` });
    await store.put("a", "a");
    await expect(store.deleteContainer()).rejects.toMatchObject({ code: "InvalidState", operation: "deleteContainer" });
    await expect(store.deleteContainer({ force: true } as object)).rejects.toMatchObject({ code: "InvalidArgument" });
    await store.delete("a");
    await store.deleteContainer();
    await expect(store.put("a", "a")).rejects.toMatchObject({ code: "NotFound", statusCode: 404 });
    await expect(store.deleteContainer()).rejects.toMatchObject({ code: "NotFound" });
  });

  test("the plugin makes and removes containers as the store does, and stops on signal", async () => {
    const { createContainer, deleteContainer } = azureBackend();
    const location = { scheme: "az", authority: uniqueBucket(), prefix: "" };
    const aborted = { signal: AbortSignal.abort() };
    await expect(createContainer?.(location, { connectionString }, aborted)).rejects.toMatchObject({ code: "Aborted" });
    await createContainer?.(location, { connectionString });
    await expect(createContainer?.(location, { connectionString })).rejects.toMatchObject({ code: "AlreadyExists" });
    await deleteContainer?.(location, { connectionString });
    await expect(deleteContainer?.(location, { connectionString })).rejects.toMatchObject({ code: "NotFound" });
  });

  test("the registry opens az://, and errors carry status and request id", async () => {
    const store = await openStore(`az://${container}/folder`, { backendOptions: { connectionString } });
    expect(isAzureStore(store)).toBe(true);
    expect((await store.put("key", "x")).uri).toBe(`az://${container}/folder/key`);
    const error = await store.head("missing").catch((caught) => caught);
    expect(error).toMatchObject({ code: "NotFound", statusCode: 404, operation: "head", backend: "azure" });
    expect(error.requestId).toMatch(/./);
  });
});
