// Reads one range of the content of a compressed object and prints how many bytes the process read to do so.
// Arguments: folder, key, start, end.
import { readFile } from "node:fs/promises";
import { openFsStore } from "@sluice/backend-fs";

const [folder, key, start, end] = process.argv.slice(2);
const store = openFsStore(folder);
const read = async () => Number(/rchar: (\d+)/.exec(await readFile("/proc/self/io", "utf8"))?.[1]);
// Loads the codec, so that its own files are not counted.
await store.getRange(key, { start: 0, end: 1 }, { decode: true });
const before = await read();
const bytes = await store.getRange(key, { start: Number(start), end: Number(end) }, { decode: true });
const after = await read();
console.log(JSON.stringify({ hex: Buffer.from(bytes).toString("hex"), bytesRead: after - before }));
