// Puts an object through directio in each mode and prints what became of it, and what is in the folder afterwards.
// Arguments: folder, key.
import { readdirSync } from "node:fs";
import { openDirectStore } from "@sluice/backend-directio";

const [folder, key] = process.argv.slice(2);
const outcome = {};
for (const mode of ["required", "preferred"]) {
  try {
    const store = await openDirectStore(folder, { mode });
    const { ioMode } = await store.put(key, new Uint8Array(1_500_000));
    const bytes = await (await store.get(key)).bytes();
    outcome[mode] = { store: store.effectiveMode, object: ioMode, bytes: bytes.byteLength };
  } catch (error) {
    outcome[mode] = { code: error.code, left: readdirSync(folder, { recursive: true }) };
  }
}
console.log(JSON.stringify(outcome));
