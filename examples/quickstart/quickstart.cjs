require("@sluice/backend-fs/register");
const { mkdtemp, rm } = require("node:fs/promises");
const { tmpdir } = require("node:os");
const { join } = require("node:path");
const { openObject, openWriter } = require("@sluice/core");
const { StreamingDataWriter, verifyObject } = require("@sluice/datagen");

async function main() {
  const folder = await mkdtemp(join(tmpdir(), "sluice-"));

  // Write in a stream: hashed and compressed on the way, visible only when it is whole.
  const writer = await openWriter(`file://${folder}/a.bin`, { compression: { codec: "zstd", level: 3 } });
  for (let index = 0; index < 100; index++) await writer.writeChunk(Buffer.from(`line ${index}\n`.repeat(10_000)));
  const { uri, size, storedSize, checksum } = await writer.finalize();
  console.log(`${uri}: ${size} bytes stored as ${storedSize}, ${checksum}`);

  // Read it back: a damaged object ends in ChecksumMismatch. A range decodes only the frames it needs.
  const { store, key } = await openObject(uri);
  let bytes = 0;
  for await (const chunk of await store.get(key, { decode: true, verify: checksum })) bytes += chunk.byteLength;
  const middle = await store.getRange(key, { start: 500_000, end: 500_020 }, { decode: true });
  console.log(`read ${bytes} bytes, in the middle ${JSON.stringify(Buffer.from(middle).toString())}`);

  // Generate data that can be regenerated, and so verified without a copy.
  const options = { size: 64 << 20, dedup: 2, compress: 3, seed: 7n };
  const data = await StreamingDataWriter.create(`file://${folder}/data.bin`, options);
  await data.generateRemaining();
  await data.finalize();
  const report = await verifyObject(store, "data.bin", data.recipe);
  console.log(`generated ${report.bytesCompared} bytes, ${report.ok ? "verified" : "damaged"}`);
  await rm(folder, { recursive: true });
}

void main();
