// Writes one object of `size` bytes in chunks of `chunk` bytes and prints this process's peak memory.
// Arguments: backend, folder, size, chunk, compression ("none", "zstd", "gzip").
import { openBackend } from "./backends.mjs";

const [backend, folder, codec] = [process.argv[2], process.argv[3], process.argv[6]];
const [size, chunkBytes] = [Number(process.argv[4]), Number(process.argv[5])];
const store = await openBackend(backend, folder, { durability: "none" });
const writer = await store.createWriter("large", { compression: codec === "none" ? "none" : { codec } });
const chunk = new Uint8Array(chunkBytes).map((_, index) => index);
for (let written = 0; written < size; written += chunkBytes) await writer.writeChunk(chunk);
const result = await writer.finalize();
console.log(
  JSON.stringify({
    size: result.size,
    storedSize: result.storedSize,
    peakBytes: process.resourceUsage().maxRSS * 1024,
  }),
);
