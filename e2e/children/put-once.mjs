// Puts `size` bytes as object "folder/object" under the given folder and prints what became of it.
// Arguments: folder, size, user id to become first (or "-").
import { readdir } from "node:fs/promises";
import { openFsStore } from "@sluice/backend-fs";

const [folder, size, user] = process.argv.slice(2);
// Whatever is loaded on demand has to be loaded before the rights are given up.
await openFsStore(`${folder}/warm`, { durability: "none" })
  .head("nothing")
  .catch(() => undefined);
if (user !== "-") process.setuid?.(Number(user));
const store = openFsStore(folder);
async function* content() {
  const chunk = new Uint8Array(65_536).fill(1);
  for (let sent = 0; sent < Number(size); sent += chunk.length) yield chunk;
}
try {
  await store.put("folder/object", content());
  console.log(JSON.stringify({ code: "none" }));
} catch (error) {
  const left = await readdir(folder).catch(() => []);
  console.log(
    JSON.stringify({ code: error.code, retryable: error.retryable, uri: error.uri, operation: error.operation, left }),
  );
}
