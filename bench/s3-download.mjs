import { mkdtemp, open, rename, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { openFsStore } from "@sluice/backend-fs";
import { openS3Store } from "@sluice/backend-s3";
import { compare, renderTable } from "./lib/compare.mjs";
import { startDrain } from "./lib/drain.mjs";
import { nullStore } from "./lib/null-store.mjs";

export const title = "Downloading from S3";
export const question =
  "One object from a server that sends ready-made bytes, against the SDK's transformToByteArray. What is checked has its CRC-32C computed and compared; new memory, which the system has to give first, is told apart from memory that is used again.";

const SDK = "GetObject + transformToByteArray";
const CREDENTIALS = { accessKeyId: "key", secretAccessKey: "secret" };

export async function run({ smoke, rounds }) {
  const total = smoke ? 20 << 20 : 512 << 20;
  const key = String(total);
  const drain = await startDrain();
  const connection = { endpoint: drain.endpoint, region: "us-east-1", credentials: CREDENTIALS };
  const store = await openS3Store("drain", "", connection);
  const client = new S3Client({ ...connection, forcePathStyle: true });
  const folder = await mkdtemp(join(tmpdir(), "sluice-bench-"));
  const files = openFsStore(folder, { durability: "none" });
  const nothing = nullStore();
  const buffer = new Uint8Array(total);
  try {
    const { storedChecksum: verify } = await nothing.put("object", await store.get(key));
    const lent = (options) => store.get(key, { ...options, lendChunks: true });
    const rows = await compare(
      [
        { name: "into a buffer used again", run: async () => (await store.get(key)).readInto(buffer) },
        { name: "the same, checked", run: async () => (await store.get(key, { verify })).readInto(buffer) },
        { name: "into a new buffer", run: async () => (await (await store.get(key)).bytes()).byteLength },
        { name: "as a stream, checked", run: async () => (await nothing.put("object", await lent())).size },
        { name: "into a file, checked", run: async () => (await files.put("object", await lent())).size },
        {
          name: "the same file from ready-made bytes",
          run: async () => {
            const file = await open(join(folder, "bare"), "w");
            for (let offset = 0; offset < total; offset += 1 << 20) await file.write(buffer, offset, 1 << 20);
            await file.close();
            await rename(join(folder, "bare"), join(folder, "object"));
            return total;
          },
        },
        {
          name: SDK,
          run: async () => {
            const { Body } = await client.send(new GetObjectCommand({ Bucket: "drain", Key: key }));
            return (await Body.transformToByteArray()).byteLength;
          },
        },
      ],
      { rounds },
    );
    return { rows, table: renderTable(rows, [SDK], { cpu: true }) };
  } finally {
    await store.close();
    await files.close();
    client.destroy();
    await rm(folder, { recursive: true });
    await drain.stop();
  }
}
