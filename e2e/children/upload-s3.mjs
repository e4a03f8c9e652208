// Uploads one object of `size` bytes, which the store is not told, in chunks of `chunk` bytes to a server that throws them away,
// and prints this process's peak memory. Arguments: size, chunk, partBytes, partsInFlight.
import { openS3Store } from "@sluice/backend-s3";
import { startDrain } from "../../bench/lib/drain.mjs";

const [size, chunkBytes, partBytes, partsInFlight] = process.argv.slice(2).map(Number);
const drain = await startDrain();
const store = await openS3Store("drain", "", {
  endpoint: drain.endpoint,
  credentials: { accessKeyId: "key", secretAccessKey: "secret" },
  unsignedPayload: true,
  partBytes,
  partsInFlight,
});
const writer = await store.createWriter("large");
const chunk = new Uint8Array(chunkBytes).map((_, index) => index);
for (let written = 0; written < size; written += chunkBytes) await writer.writeChunk(chunk);
const result = await writer.finalize();
await store.close();
await drain.stop();
console.log(
  JSON.stringify({
    size: result.size,
    parts: result.parts,
    verifiedBy: result.verifiedBy,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
