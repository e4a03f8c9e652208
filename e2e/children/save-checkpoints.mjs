// Saves one checkpoint after another, and tells of each, until it is killed; or kills itself at a chosen call of the store.
// Arguments: folder, first step, and for the latter: which call of `put` or `deleteMany`, and "before", "inside" or "after" it.
import { openFsStore } from "@sluice/backend-fs";
import { CheckpointWriter } from "@sluice/checkpoint";
import { shardContent, WORLD_SIZE, waysOf } from "./checkpoints.mjs";

const [folder, first, fatalCall, moment] = process.argv.slice(2);
let calls = 0;

const store = new Proxy(await openFsStore(folder), {
  get: (target, property) => {
    const value = Reflect.get(target, property, target);
    if (typeof value !== "function") return value;
    if (fatalCall === undefined || !["put", "deleteMany"].includes(property)) return value.bind(target);
    return async (key, source, options) => {
      const isFatal = calls++ === Number(fatalCall);
      if (isFatal && moment === "before") die();
      const isCut = isFatal && moment === "inside" && property === "put";
      const result = await value.call(target, key, isCut ? dyingSource(source) : source, options);
      if (isFatal) die();
      return result;
    };
  },
});

for (let step = Number(first); ; step++) {
  const ts = `ts${String(process.pid).padStart(8, "0")}`;
  const save = await CheckpointWriter.open(store, { step, ts, worldSize: WORLD_SIZE, ...waysOf(step) });
  await save.save(Array.from({ length: WORLD_SIZE }, (_, rank) => shardContent(step, rank)));
  const { isLatest } = await save.commit();
  if (!isLatest) throw new Error(`step ${step} is not the latest`);
  process.stdout.write(`${step}\n`);
}

/** Half of the bytes, and then none. */
async function* dyingSource(source) {
  const bytes = Buffer.from(source);
  yield bytes.subarray(0, bytes.length >> 1);
  await new Promise((resolve) => setTimeout(resolve, 1));
  die();
}

function die() {
  process.kill(process.pid, "SIGKILL");
  // The signal is on its way; nothing more may be done until it is here.
  for (;;);
}
