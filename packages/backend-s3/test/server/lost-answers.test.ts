import { CreateMultipartUploadCommand, UploadPartCommand } from "@aws-sdk/client-s3";
import { type RequestHead, SeededRandom } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { S3Bucket } from "../../src/bucket.js";
import { openS3Store, type S3StoreOptions } from "../../src/index.js";
import { checkS3Options } from "../../src/options.js";
import { S3Upload } from "../../src/upload/s3-upload.js";
import { optionsFor, plainClient, proxyTo, storesOn, uploadsOf } from "./server-store.js";

const MIB = 1 << 20;
const bytes = new SeededRandom(5).bytes(11 * MIB);

const isBegin = ({ method, path }: RequestHead) => method === "POST" && path.includes("?uploads");
const isWhole = ({ method, path }: RequestHead) => method === "PUT" && !path.includes("partNumber");
const isComplete = ({ method, path }: RequestHead) => method === "POST" && path.includes("uploadId=");

/** The server has done what it was asked for. */
const LOST_ANSWER = { kind: "reset", on: "response" } as const;
/** The server has seen nothing. */
const LOST_REQUEST = { kind: "reset", on: "request" } as const;

describeOnServers(
  "a lost answer",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);

    async function open(options: S3StoreOptions = {}) {
      const direct = await openStore();
      const proxy = await proxyTo(server);
      const store = await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: proxy.url, ...options });
      return { direct, proxy, store };
    }

    const begin = async (Bucket: string, parts: number) => {
      const { UploadId } = await client.send(new CreateMultipartUploadCommand({ Bucket, Key: "object" }));
      for (let PartNumber = 1; PartNumber <= parts; PartNumber++) {
        await client.send(
          new UploadPartCommand({ Bucket, Key: "object", UploadId, PartNumber, Body: Buffer.from("abc") }),
        );
      }
      return `object (upload ${UploadId})`;
    };

    test.each([
      ["of a put", 1000, isWhole],
      ["of the completion of parts", bytes.byteLength, isComplete],
    ] as const)("%s is found out: the object is there", async (_name, size, when) => {
      const { direct, proxy, store } = await open({ maxAttempts: 1 });
      const { hit } = proxy.next(LOST_ANSWER, { when });
      const { checksum } = await store.put("object", bytes.subarray(0, size), { metadata: { step: "2" } });
      await hit;
      const object = await direct.get("object", { verify: checksum });
      expect(object.info.metadata).toEqual({ step: "2" });
      expect(Buffer.compare(await object.bytes(), bytes.subarray(0, size))).toBe(0);
    });

    test.each([
      ["put", 1000, isWhole],
      ["completion", bytes.byteLength, isComplete],
    ] as const)("is no success if only an older object of the same bytes is there (%s)", async (_name, size, when) => {
      const { direct, proxy, store } = await open({ maxAttempts: 1 });
      await direct.put("object", bytes.subarray(0, size), { metadata: { step: "1" } });
      const { hit } = proxy.next(LOST_REQUEST, { when });
      const put = store.put("object", bytes.subarray(0, size), { metadata: { step: "2" } });
      await expect(put).rejects.toMatchObject({ code: "Unavailable" });
      await hit;
      expect((await direct.head("object")).metadata).toEqual({ step: "1" });
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
    });

    test("to a begin leaves no upload, and those of others that have a part are not touched", async () => {
      const { direct, proxy, store } = await open();
      const theirs = await begin(direct.bucket, 1);
      const { hit } = proxy.next(LOST_ANSWER, { when: isBegin });
      await store.put("object", bytes);
      await hit;
      expect(await uploadsOf(client, direct.bucket)).toEqual([theirs]);
    });

    test("to a begin does not touch an upload of this process that has no part yet", async () => {
      const { direct, proxy, store } = await open();
      const bucket = new S3Bucket(direct.bucket, direct.client, checkS3Options(optionsFor(server), "test"));
      const ours = new S3Upload(bucket, "object", {});
      await ours.begin(new AbortController().signal);
      const { hit } = proxy.next(LOST_ANSWER, { when: isBegin });
      await store.put("object", bytes);
      await hit;
      expect(await uploadsOf(client, direct.bucket)).toEqual([`object (upload ${ours.target.UploadId})`]);
      await ours.abort(new AbortController().signal);
    });

    test("to a begin touches none where there are more empty uploads than may be ours", async () => {
      const { direct, proxy, store } = await open({ maxAttempts: 1 });
      const theirs = await begin(direct.bucket, 0);
      const { hit } = proxy.next(LOST_ANSWER, { when: isBegin });
      await expect(store.put("object", bytes)).rejects.toMatchObject({ code: "Unavailable" });
      await hit;
      const left = await uploadsOf(client, direct.bucket);
      expect(left).toHaveLength(2);
      expect(left).toContain(theirs);
    });
  },
  { only: ["ceph", "swift"] },
);
