// Overwrites one object again and again, each time with another version of itself, until it is killed.
// Arguments: backend, folder, compression ("none" or "zstd"), condition ("none", "ifMatch"), version to begin with.
import { openBackend } from "./backends.mjs";
import { versionContent } from "./versions.mjs";

const [backend, folder, codec, condition, first] = process.argv.slice(2);
const store = await openBackend(backend, folder);
const compression = codec === "none" ? "none" : { codec, extension: "none" };

for (let version = Number(first); ; version++) {
  const current = condition === "ifMatch" ? await store.head("object") : undefined;
  const writer = await store.createWriter("object", {
    compression,
    ...(current !== undefined && { ifMatch: current.etag }),
  });
  const content = versionContent(version);
  for (let offset = 0; offset < content.length; offset += 65_536) {
    await writer.writeChunk(content.subarray(offset, offset + 65_536));
  }
  await writer.finalize();
  process.stdout.write(`${version}\n`);
}
