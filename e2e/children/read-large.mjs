// Writes one object of `size` bytes, reads it whole in chunks, and prints this process's peak memory.
// Arguments: backend, folder, size, compression ("none", "zstd", "gzip"), whether chunks are lent ("lent", "owned").
import { openBackend } from "./backends.mjs";

const [backend, folder, size, codec] = [process.argv[2], process.argv[3], Number(process.argv[4]), process.argv[5]];
const lendChunks = process.argv[6] === "lent";
const store = await openBackend(backend, folder, { durability: "none" });
const writer = await store.createWriter("large", { compression: codec === "none" ? "none" : { codec, level: 1 } });
const chunk = new Uint8Array(1 << 20).map((_, index) => index);
for (let written = 0; written < size; written += chunk.length) await writer.writeChunk(chunk);
const { key, checksum } = await writer.finalize();
let bytes = 0;
for await (const part of await store.get(key, { decode: true, verify: checksum, lendChunks })) bytes += part.byteLength;
console.log(JSON.stringify({ size: bytes, peakBytes: process.resourceUsage().maxRSS * 1024 }));
