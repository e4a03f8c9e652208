import { Agent, request } from "node:http";
import { Readable } from "node:stream";
import { S3Client } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { openS3Store } from "@sluice/backend-s3";
import { createRecipe, DataGenerator, StreamingDataWriter } from "@sluice/datagen";
import { compare, renderTable } from "./lib/compare.mjs";
import { startDrain } from "./lib/drain.mjs";

export const title = "Uploading to S3";
export const question =
  "One object of generated data in parts of 16 MiB, 4 at once, to a server that throws everything away. The peers: lib-storage's Upload with its defaults, reading the same generated data, and bare node:http PUTs of one ready-made buffer of 16 MiB, 4 at once, which nobody hashes (the limit).";

const LIB_STORAGE = "lib-storage Upload, defaults";
const BARE = "bare node:http PUT (the limit)";
const PART_BYTES = 16 << 20;
const CREDENTIALS = { accessKeyId: "key", secretAccessKey: "secret" };

export async function run({ smoke, rounds }) {
  const total = smoke ? 40 << 20 : 2 ** 31;
  const drain = await startDrain();
  const options = { endpoint: drain.endpoint, region: "us-east-1", credentials: CREDENTIALS, unsignedPayload: true };
  const store = await openS3Store("drain", "", options);
  const client = new S3Client({
    endpoint: drain.endpoint,
    region: "us-east-1",
    credentials: CREDENTIALS,
    forcePathStyle: true,
  });
  const agent = new Agent({ keepAlive: true });
  const generated = (name, workers) => ({
    name,
    run: async () => {
      const target = { store, key: "object" };
      const writer = await StreamingDataWriter.create(target, { size: total, seed: 7n, workers });
      await writer.generateRemaining();
      await writer.finalize();
      return total;
    },
  });
  try {
    const rows = await compare(
      [
        generated("generate + hash + upload", 0),
        generated("the same, generating and hashing in a worker", 1),
        { name: LIB_STORAGE, run: () => uploadWithLibStorage(client, total) },
        { name: BARE, run: () => putBare(agent, drain.port, total) },
      ],
      { rounds },
    );
    return { rows, table: renderTable(rows, [LIB_STORAGE, BARE], { cpu: true }) };
  } finally {
    await store.close();
    client.destroy();
    agent.destroy();
    await drain.stop();
  }
}

async function uploadWithLibStorage(client, total) {
  const generator = new DataGenerator(createRecipe({ size: total, seed: 7n }));
  const Body = Readable.from(generator.chunks({}, 1 << 20), { objectMode: false });
  await new Upload({ client, params: { Bucket: "drain", Key: "object", Body } }).done();
  return total;
}

async function putBare(agent, port, total) {
  const body = Buffer.alloc(PART_BYTES, 1);
  const parts = Math.ceil(total / PART_BYTES);
  let left = parts;
  const sender = async () => {
    while (left-- > 0) await put(agent, port, body);
  };
  await Promise.all(Array.from({ length: 4 }, sender));
  return parts * PART_BYTES;
}

function put(agent, port, body) {
  return new Promise((resolve, reject) => {
    const headers = { "Content-Length": body.byteLength };
    const target = { agent, port, host: "127.0.0.1", method: "PUT", path: "/drain/object", headers };
    const sent = request(target, (response) => {
      response.resume();
      response.on("end", resolve);
    });
    sent.on("error", reject);
    sent.end(body);
  });
}
