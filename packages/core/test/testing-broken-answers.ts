import { ObjectStoreError } from "../src/errors.js";
import type { CopyOptions, ListOptions, ObjectStore, StoredObject } from "../src/store.js";
import type { HostileStore } from "../src/testing/index.js";
import { overriding } from "./testing-faults.js";

/** How a store of a service behaves while the service's answers are hostile. */
export interface HostileBehaviour {
  readonly fault: string;
  /** The cases that must notice. */
  readonly breaks: readonly string[];
  /** What differs from refusing everything. */
  readonly believe: (truth: ObjectStore) => { readonly [Name in keyof ObjectStore]?: unknown };
}

/** Refuses every call while answers are hostile: what a store should do. */
export const doubtingStore: HostileBehaviour = { fault: "none", breaks: [], believe: () => ({}) };

/** Stores that believe what they are answered. */
export const believingStores: readonly HostileBehaviour[] = [
  {
    fault: "any answer to a put is a success",
    breaks: ["N1"],
    believe: () => ({ put: async (key: string) => ({ key }) }),
  },
  {
    fault: "an old object is gone when a put fails",
    breaks: ["N1"],
    believe: (truth) => ({ put: async (key: string) => truth.delete(key).then(() => refuse()) }),
  },
  { fault: "any answer to a delete is a success", breaks: ["N2"], believe: () => ({ delete: async () => undefined }) },
  {
    fault: "keys that a bulk delete does not name are deleted",
    breaks: ["N2"],
    believe: () => ({ deleteMany: async (keys: readonly string[]) => keys.map((key) => ({ key })) }),
  },
  { fault: "any answer to a copy is a success", breaks: ["N3"], believe: () => ({ copy: async () => ({}) }) },
  {
    fault: "the source of a rename is deleted before there is a target",
    breaks: ["N3"],
    believe: (truth) => ({ rename: async (source: string) => truth.delete(source).then(() => refuse()) }),
  },
  {
    fault: "any answer to a list is an empty listing",
    breaks: ["N4", "N6"],
    believe: () => ({ list: () => listOf([]) }),
  },
  {
    fault: "a list that is not found is a missing bucket",
    breaks: ["N4"],
    believe: () => ({
      list: () => {
        throw new ObjectStoreError("NotFound", "there is no bucket");
      },
    }),
  },
  {
    fault: "a listing ends where an answer does",
    breaks: ["N6"],
    believe: (truth) => ({ list: (options: ListOptions) => firstOf(truth, options) }),
  },
  {
    fault: "any 404 is an object that is missing",
    breaks: ["N5"],
    believe: () => ({
      exists: async () => false,
      head: () => Promise.reject(new ObjectStoreError("NotFound", "there is no object")),
    }),
  },
  { fault: "any answer to a head is an object", breaks: ["N5"], believe: () => ({ head: async () => ({ size: 84 }) }) },
  {
    fault: "the first part of an object is the whole",
    breaks: ["N5", "N7"],
    believe: () => ({ get: async (): Promise<Partial<StoredObject>> => ({ bytes: async () => new Uint8Array(1000) }) }),
  },
  {
    fault: "a part is believed to be the one that was asked for",
    breaks: ["N7"],
    believe: (truth) => ({
      getRange: (key: string, { start, end }: { start: number; end: number }) =>
        truth.getRange(key, { start: start + 7, end: end + 7 }),
    }),
  },
];

/** A hook over memory: calls go to the store itself until answers are hostile, and then to what believes them. */
export function hostileMemory({ believe }: HostileBehaviour): (truth: ObjectStore) => Promise<HostileStore> {
  return async (truth) => {
    let isHostile = false;
    const believing = { ...refusingAll(), ...believe(truth) } as Record<string, unknown>;
    const chosen = (name: string) => (isHostile ? believing : (truth as unknown as Record<string, unknown>))[name];
    const calls = Object.keys(refusingAll()).map((name) => [
      name,
      (...given: unknown[]) => (chosen(name) as (...given: unknown[]) => unknown).apply(truth, given),
    ]);
    return {
      store: overriding(truth, Object.fromEntries(calls)),
      answer: (decision) => {
        isHostile = decision !== undefined;
      },
      close: async () => undefined,
    };
  };
}

function refusingAll() {
  return {
    put: refuse,
    get: refuse,
    getRange: refuse,
    getRanges: refuse,
    head: refuse,
    exists: refuse,
    delete: refuse,
    copy: (_source: string, _target: string, _options?: CopyOptions) => refuse(),
    rename: refuse,
    deleteMany: async (keys: readonly string[]) =>
      keys.map((key) => ({ key, error: new ObjectStoreError("Unavailable", "no answer of the service") })),
    list: async function* () {
      yield await refuse();
    },
  };
}

function refuse(): Promise<never> {
  return Promise.reject(new ObjectStoreError("Unavailable", "no answer of the service"));
}

async function* listOf(entries: readonly unknown[]): AsyncGenerator<unknown, void, void> {
  yield* entries;
}

async function* firstOf(truth: ObjectStore, options: ListOptions): AsyncGenerator<unknown, void, void> {
  for await (const entry of truth.list(options)) {
    yield entry;
    return;
  }
}
