// Writes one object of `size` bytes in chunks of 64 KiB past the page cache and reads it again, with marks on standard output
// before the first write, after finalize and at the end. Arguments: folder, size.
import { openDirectStore } from "@sluice/backend-directio";

const [folder, size] = [process.argv[2], Number(process.argv[3])];
const store = await openDirectStore(folder);
const writer = await store.createWriter("object");
const chunk = new Uint8Array(65_536).map((_, index) => index);
process.stdout.write("begin\n");
for (let written = 0; written < size; written += chunk.length) {
  await writer.writeChunk(chunk.subarray(0, size - written));
}
await writer.finalize();
process.stdout.write("written\n");
for await (const _ of await store.get("object"));
process.stdout.write("end\n");
