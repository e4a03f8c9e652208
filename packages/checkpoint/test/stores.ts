import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openDirectStore } from "@sluice/backend-directio";
import { openFsStore } from "@sluice/backend-fs";
import { createMemoryStore, type ObjectStore, ObjectStoreError } from "@sluice/core";

/** A store to test on: fresh and empty, and how to be rid of it. */
export interface TestStore {
  readonly store: ObjectStore;
  readonly cleanUp: () => Promise<void>;
}

export interface StoreHarness {
  readonly name: string;
  readonly open: () => Promise<TestStore>;
}

/** Every store that checkpoints are tested on. */
export const HARNESSES: readonly StoreHarness[] = [
  { name: "memory", open: async () => ({ store: createMemoryStore(), cleanUp: async () => undefined }) },
  { name: "fs", open: () => inFolder((folder) => openFsStore(folder, { durability: "none" })) },
  {
    name: "directio",
    open: () => inFolder((folder) => openDirectStore(folder, { durability: "none", mode: "preferred" })),
  },
  { name: "memory without ifMatch", open: () => lacking(["ifMatch", "atomicRename"]) },
  { name: "memory without conditions", open: () => lacking(["ifMatch", "ifNotExists", "atomicRename"]) },
];

async function inFolder(open: (folder: string) => ObjectStore | Promise<ObjectStore>): Promise<TestStore> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-checkpoint-"));
  return { store: await open(folder), cleanUp: () => rm(folder, { recursive: true, force: true }) };
}

async function lacking(names: readonly ("ifMatch" | "ifNotExists" | "atomicRename")[]): Promise<TestStore> {
  return { store: withoutCapabilities(createMemoryStore(), names), cleanUp: async () => undefined };
}

/** The store without some of its capabilities: it refuses to be asked for them, as stores that lack them do. */
function withoutCapabilities(
  store: ObjectStore,
  names: readonly ("ifMatch" | "ifNotExists" | "atomicRename")[],
): ObjectStore {
  const capabilities = { ...store.capabilities, ...Object.fromEntries(names.map((name) => [name, false])) };
  const refused = names as readonly string[];
  return new Proxy(store, {
    get: (target, property) => {
      if (property === "capabilities") return capabilities;
      const value = Reflect.get(target, property, target) as unknown;
      if (typeof value !== "function") return value;
      return (...parameters: unknown[]) => {
        const isWrite = property === "put" || property === "createWriter" || property === "delete";
        const options = (isWrite ? parameters.at(-1) : undefined) as object | undefined;
        const asked = Object.keys(options instanceof Object ? options : {}).find((name) => refused.includes(name));
        if (asked !== undefined) throw new ObjectStoreError("Unsupported", `this store has no ${asked}`);
        return Reflect.apply(value, target, parameters);
      };
    },
  });
}

/** Replaces an object's stored bytes. */
export async function damage(
  store: ObjectStore,
  key: string,
  change: (bytes: Uint8Array) => Uint8Array,
): Promise<void> {
  const bytes = await (await store.get(key)).bytes();
  await store.put(key, change(new Uint8Array(bytes)));
}

/** Replaces a JSON object's value. */
export async function rewrite(store: ObjectStore, key: string, change: (value: Json) => void): Promise<void> {
  const value = JSON.parse(await (await store.get(key)).text()) as Json;
  change(value);
  await store.put(key, JSON.stringify(value));
}

/** All keys of a store. */
export async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
  return keys;
}

/** A document as a test changes it. */
// biome-ignore lint/suspicious/noExplicitAny: tests write what no type allows.
export type Json = any;
