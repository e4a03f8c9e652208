import assert from "node:assert/strict";
import type { ObjectStore } from "../store.js";
import type { ConformanceCase } from "./conformance-case.js";
import type { ConformanceHarness } from "./harness.js";
import { SeededRandom } from "./random.js";

const DEFAULT_SEED = 1;

/**
 * Runs one case on a store of its own, asserts that nothing is left behind where the harness can tell, and cleans up
 * whatever happened. The error of a case that failed names the case and the seed, and a failing clean-up never hides it.
 */
export async function runConformanceCase(conformanceCase: ConformanceCase, harness: ConformanceHarness): Promise<void> {
  const { id, name, run } = conformanceCase;
  const seed = harness.seed ?? DEFAULT_SEED;
  const stores: ObjectStore[] = [];
  const createStore = async (): Promise<ObjectStore> => {
    const store = await harness.createStore();
    stores.push(store);
    return store;
  };
  const failures: unknown[] = [];
  try {
    const store = await createStore();
    await run({ store, harness, partBytes: harness.partBytes, random: new SeededRandom(seed), createStore });
    await expectNothingLeft(store, harness);
  } catch (error) {
    failures.push(error);
  }
  for (const store of stores) failures.push(...(await cleanUp(store, harness)));
  if (failures.length === 0) return;
  const [first] = failures;
  const reason = first instanceof Error ? first.message : String(first);
  throw new Error(`${id} ${name} (seed ${seed}): ${reason}`, { cause: first });
}

/** Asserts that the store holds nothing natively but visible objects. */
export async function expectNothingLeft(store: ObjectStore, harness: ConformanceHarness): Promise<void> {
  if (harness.leftovers === undefined) return;
  assert.deepEqual(await harness.leftovers(store), [], "left behind in the store");
}

async function cleanUp(store: ObjectStore, harness: ConformanceHarness): Promise<unknown[]> {
  const failures: unknown[] = [];
  for (const step of [() => harness.cleanUp?.(store), () => store.close()]) {
    try {
      await step();
    } catch (error) {
      failures.push(error);
    }
  }
  return failures;
}
