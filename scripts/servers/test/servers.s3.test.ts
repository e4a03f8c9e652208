import { CreateBucketCommand, GetObjectCommand, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { describeOnServers, type S3Server, uniqueBucket } from "../index.ts";

const client = ({ endpoint, region, accessKeyId, secretAccessKey }: S3Server): S3Client =>
  new S3Client({ endpoint, region, forcePathStyle: true, credentials: { accessKeyId, secretAccessKey } });

describeOnServers("an object", (server) => {
  test("is put and read back", async () => {
    const s3 = client(server);
    const Bucket = uniqueBucket();
    await s3.send(new CreateBucketCommand({ Bucket }));
    const bytes = Uint8Array.from({ length: 100_000 }, (_, index) => index * 7);
    await s3.send(new PutObjectCommand({ Bucket, Key: "a/b", Body: bytes }));
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "a/b" }));
    expect(Buffer.from((await Body?.transformToByteArray()) ?? []).equals(bytes)).toBe(true);
  });
});

describeOnServers(
  "a wrong CRC32C",
  (server) => {
    test("is refused with BadDigest, and a right one is not", async () => {
      const s3 = client(server);
      const Bucket = uniqueBucket();
      await s3.send(new CreateBucketCommand({ Bucket }));
      const put = (ChecksumCRC32C: string) =>
        s3.send(
          new PutObjectCommand({ Bucket, Key: "k", Body: "123456789", ChecksumAlgorithm: "CRC32C", ChecksumCRC32C }),
        );
      await expect(put("AAAAAA==")).rejects.toMatchObject({ name: "BadDigest" });
      await expect(s3.send(new GetObjectCommand({ Bucket, Key: "k" }))).rejects.toMatchObject({ name: "NoSuchKey" });
      await put("4waSgw=="); // e3069283
    });
  },
  { only: ["swift"] },
);
