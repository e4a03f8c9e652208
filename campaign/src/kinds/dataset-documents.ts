import { memoryBackend, openStore, StoreRegistry } from "@sluice/core";
import { runCommand } from "../command.js";
import { mutateJson } from "../documents/mutate-json.js";
import { objectsOf, type Tree } from "../documents/saved-tree.js";
import type { Draw } from "../draw.js";
import type { CaseResult, Kind } from "../kind.js";
import { RIGHT } from "../verdict.js";

const DATASET = "memory://dataset/";
const MANIFEST = "dataset.json";

/** A `dataset.json` that is changed: `verify` never calls a dataset good of which an object is damaged. */
export function datasetDocuments(): Kind {
  return {
    name: "dataset-documents",
    open: async () => {
      const registry = new StoreRegistry({ plugins: [memoryBackend()], discovery: false });
      const { status, stderr } = await runCommand(
        ["gen", DATASET, "--size", "1000", "--count", "3", "--seed", "5"],
        registry,
      );
      if (status !== 0) throw new Error(`gen: ${stderr}`);
      const objects = await objectsOf(await openStore(DATASET, { registry }));
      return {
        caseOf: (draw) => ({ words: MANIFEST, run: () => run(draw, registry, objects) }),
        close: async () => undefined,
      };
    },
  };
}

async function run(draw: Draw, registry: StoreRegistry, objects: Tree): Promise<CaseResult> {
  const store = await openStore(DATASET, { registry });
  const damaged = draw.one([...objects.keys()].filter((key) => key !== MANIFEST));
  const bytes = Buffer.from(objects.get(damaged) as Uint8Array);
  const at = draw.integer(0, bytes.byteLength - 1);
  bytes[at] = (bytes[at] as number) ^ 1;
  const mutated = mutateJson(draw, Buffer.from(objects.get(MANIFEST) as Uint8Array).toString());
  for (const [key, content] of objects) await store.put(key, content);
  await store.put(damaged, bytes);
  await store.put(MANIFEST, mutated.text);
  const { status, stderr } = await runCommand(["verify", DATASET], registry);
  const words = `${mutated.words}; ${damaged} is damaged at ${at}; verify`;
  if (/TypeError|RangeError|\n {4}at /.test(stderr)) {
    return { words, verdict: { kind: "wrong", what: `a fault of the command: ${stderr.slice(0, 300)}` } };
  }
  if (status === 0) return { words, verdict: { kind: "wrong", what: "a damaged dataset is called good" } };
  // The right manifest finds the damage; another one is refused.
  return { words, verdict: status === 1 ? RIGHT : { kind: "refused", code: `status ${status}` } };
}
