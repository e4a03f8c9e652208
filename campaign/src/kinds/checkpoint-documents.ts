import { CheckpointReader, prune } from "@sluice/checkpoint";
import type { ObjectStore } from "@sluice/core";
import { mutateJson } from "../documents/mutate-json.js";
import { type SavedTree, STEPS, saveTree, shardsDiffer, storeOf } from "../documents/saved-tree.js";
import type { Draw } from "../draw.js";
import type { CaseResult, Kind } from "../kind.js";
import { judge, type Verdict } from "../verdict.js";

/** Manifests, pointers and records of checkpoints that are changed: restore, verify, list and prune. */
export function checkpointDocuments(): Kind {
  return {
    name: "checkpoint-documents",
    open: async () => {
      const tree = await saveTree();
      return {
        caseOf: (draw) => ({ words: "a checkpoint's document", run: () => run(draw, tree) }),
        close: async () => undefined,
      };
    },
  };
}

const CALLS: readonly ((draw: Draw, store: ObjectStore, tree: SavedTree) => Call)[] = [
  latest,
  byStep,
  verify,
  list,
  pruneAll,
];

interface Call {
  readonly words: string;
  readonly verdict: () => Promise<Verdict>;
}

async function run(draw: Draw, tree: SavedTree): Promise<CaseResult> {
  const documents = [...tree.objects.keys()].filter((key) => key.endsWith(".json"));
  const key = draw.one(documents);
  const original = tree.objects.get(key) as Uint8Array;
  const mutated = mutateJson(draw, Buffer.from(original).toString());
  const store = await storeOf(new Map([...tree.objects, [key, Buffer.from(mutated.text)]]));
  const { words, verdict } = draw.one(CALLS)(draw, store, tree);
  const result = { words: `${key}: ${mutated.words}; ${words}`, verdict: await verdict() };
  if (result.verdict.kind === "wrong") return result;
  // Whatever was done with the damaged document: with the right one back, every checkpoint has to be there.
  await store.put(key, original);
  const lost = await firstLost(store, tree);
  if (lost !== undefined) return { ...result, verdict: { kind: "wrong", what: `afterwards ${lost}` } };
  return { ...result, verdict: Object.hasOwn(Object.prototype, "polluted") ? POLLUTED : result.verdict };
}

const POLLUTED: Verdict = { kind: "wrong", what: "Object.prototype has a new property" };

async function firstLost(store: ObjectStore, tree: SavedTree): Promise<string | undefined> {
  for (const step of STEPS) {
    try {
      const untruth = await shardsDiffer(await CheckpointReader.byStep(store, step), tree);
      if (untruth !== undefined) return untruth;
    } catch (error) {
      return `step ${step} can't be restored: ${(error as Error).message}`;
    }
  }
  return undefined;
}

function latest(_draw: Draw, store: ObjectStore, tree: SavedTree): Call {
  return {
    words: "latest",
    verdict: () =>
      judge(
        () =>
          CheckpointReader.latest(store).then(async (reader) => ({
            reader,
            untruth: await shardsDiffer(reader, tree),
          })),
        ({ reader, untruth }) => {
          if (reader.step !== STEPS.at(-1) && reader.fallback === undefined)
            return `step ${reader.step} without a word`;
          return untruth;
        },
      ),
  };
}

function byStep(draw: Draw, store: ObjectStore, tree: SavedTree): Call {
  const step = draw.one(STEPS);
  return {
    words: `restore of step ${step}`,
    verdict: () =>
      judge(
        async () => {
          const reader = await CheckpointReader.byStep(store, step);
          return reader.step === step ? shardsDiffer(reader, tree) : `step ${reader.step} instead of ${step}`;
        },
        (untruth) => untruth,
      ),
  };
}

/** What is good for `verify` has to be what was saved, read by the same manifest. */
function verify(draw: Draw, store: ObjectStore, tree: SavedTree): Call {
  const step = draw.one(STEPS);
  return {
    words: `verify of step ${step}`,
    verdict: () =>
      judge(
        async () => {
          const reader = await CheckpointReader.byStep(store, step);
          const { problems } = await reader.verify({ full: true });
          return problems.length > 0 ? undefined : shardsDiffer(reader, tree);
        },
        (untruth) => untruth,
      ),
  };
}

function list(_draw: Draw, store: ObjectStore): Call {
  return {
    words: "list",
    verdict: () =>
      judge(
        () => CheckpointReader.list(store),
        (infos) => {
          const steps = new Set(infos.map(({ step }) => step));
          const untold = STEPS.filter((step) => !steps.has(step));
          return untold.length === 0 ? undefined : `steps ${untold.join(" ")} are not told`;
        },
      ),
  };
}

/** Every checkpoint is kept by the rule: only what nobody committed may go. */
function pruneAll(draw: Draw, store: ObjectStore): Call {
  const rule = draw.one([{ keepLast: STEPS.length }, {}, { keepEvery: 1 }]);
  return {
    words: `prune ${JSON.stringify(rule)}`,
    verdict: () =>
      judge(
        () => prune(store, { ...rule, graceMs: 0 }),
        ({ checkpoints }) =>
          checkpoints.length === 0 ? undefined : `${checkpoints.length} kept checkpoints were pruned`,
      ),
  };
}
