import { Readable } from "node:stream";
import { BlobServiceClient } from "@azure/storage-blob";
import { openAzureStore } from "@sluice/backend-azure";
import { createRecipe, DataGenerator, StreamingDataWriter } from "@sluice/datagen";
import { compare, renderTable } from "./lib/compare.mjs";
import { startDrain } from "./lib/drain.mjs";

export const title = "Uploading to Azure Blob Storage";
export const question =
  "Generated data in blocks of 16 MiB, 4 at once, to a server on the same machine that keeps nothing. The peers: the SDK's stageBlock with one ready-made buffer, and its uploadStream with the same generated data and sizes.";

const MIB = 1 << 20;
const BARE = "bare stageBlock, one buffer, nothing generated or hashed";
const STREAM = "the SDK's uploadStream, generated data";
const IN_FLIGHT = 4;

export async function run({ smoke, rounds }) {
  const total = smoke ? 5 * MIB : 1024 * MIB;
  const partBytes = smoke ? MIB : 16 * MIB;
  const drain = await startDrain();
  try {
    const rows = await compare(candidates(drain.azureConnectionString, total, partBytes), { rounds });
    return { rows, table: renderTable(rows, [STREAM, BARE], { cpu: true }) };
  } finally {
    await drain.stop();
  }
}

function candidates(connectionString, total, partBytes) {
  const blob = BlobServiceClient.fromConnectionString(connectionString)
    .getContainerClient("container")
    .getBlockBlobClient("object");
  const own = (name, { workers = 0, ...options } = {}) => ({
    name,
    run: async () => {
      const store = await openAzureStore("container", {
        connectionString,
        partBytes,
        partsInFlight: IN_FLIGHT,
        ...options,
      });
      const data = await StreamingDataWriter.create({ store, key: "object" }, { size: total, seed: 7n, workers });
      await data.generateRemaining();
      await data.finalize();
      return total;
    },
  });
  return [
    own("generate + hash + upload"),
    own("the same, generating and hashing in a worker", { workers: 1 }),
    own("generate + hash + upload, CRC-64 of each block checked by the server", { transactionalHash: "crc64" }),
    own("generate + hash + upload, MD5 of each block checked by the server", { transactionalHash: "md5" }),
    { name: BARE, prepare: () => Buffer.alloc(partBytes, 7), run: (buffer) => stageBlocks(blob, buffer, total) },
    {
      name: STREAM,
      run: async () => {
        const chunks = new DataGenerator(createRecipe({ size: total, seed: 7n })).chunks({}, 1 << 20);
        await blob.uploadStream(Readable.from(chunks, { objectMode: false }), partBytes, IN_FLIGHT);
        return total;
      },
    },
  ];
}

async function stageBlocks(blob, buffer, total) {
  const ids = Array.from({ length: total / buffer.byteLength }, (_, index) =>
    Buffer.from(String(index).padStart(48, "0")).toString("base64"),
  );
  let next = 0;
  const worker = async () => {
    while (next < ids.length) await blob.stageBlock(ids[next++], buffer, buffer.byteLength);
  };
  await Promise.all(Array.from({ length: IN_FLIGHT }, worker));
  await blob.commitBlockList(ids);
  return total;
}
