import { isObjectStoreError, type ObjectStore } from "@sluice/core";
import type { Draw } from "../draw.js";
import { bytesDiffer, type Operation } from "./operation.js";

type Drawn = (draw: Draw, truth: ObjectStore, folder: string) => Operation;

export const WRITE_OPERATIONS: readonly Drawn[] = [put, put, overwrite, remove, remove, removeMany, copy, move];

/** Above the largest part that the campaign's stores put whole; for S3 the smallest part is 5 MiB. */
const MANY_PARTS_BYTES: Readonly<Record<string, number>> = { s3: (5 << 20) + 7, azure: 200_000 };

function put(draw: Draw, truth: ObjectStore, folder: string): Operation {
  const isLarge = draw.chance(truth.backend === "azure" ? 0.4 : 0.06);
  const bytes = draw.bytes(isLarge ? (MANY_PARTS_BYTES[truth.backend] ?? 100_000) : draw.one([0, 10, 3000]));
  const key = `${folder}put`;
  return {
    words: `put of ${bytes.byteLength} bytes`,
    writes: true,
    isAbsent: true,
    call: (store) => store.put(key, bytes),
    untruth: () => holds(truth, key, [bytes]),
    harm: () => holds(truth, key, [bytes, undefined]),
  };
}

function overwrite(draw: Draw, truth: ObjectStore, folder: string): Operation {
  const [before, after] = [draw.bytes(500), draw.bytes(500)];
  const key = `${folder}overwritten`;
  return {
    words: "put over an object",
    writes: true,
    isAbsent: true,
    prepare: async () => void (await truth.put(key, before)),
    call: (store) => store.put(key, after),
    untruth: () => holds(truth, key, [after]),
    harm: () => holds(truth, key, [before, after]),
  };
}

function remove(draw: Draw, truth: ObjectStore, folder: string): Operation {
  const key = `${folder}removed`;
  const mustExist = draw.chance(0.4);
  return {
    words: `delete${mustExist ? " with mustExist" : ""}`,
    writes: true,
    prepare: async () => void (await truth.put(key, "x")),
    call: (store) => store.delete(key, mustExist ? { mustExist } : {}),
    untruth: async () => ((await truth.exists(key)) ? "a deleted object is there" : undefined),
    // NotFound of what the same call has deleted is no untruth.
    isAbsent: mustExist,
    harm: async () => undefined,
  };
}

function removeMany(draw: Draw, truth: ObjectStore, folder: string): Operation {
  const keys = ["a b", "b+c", "c", "d", "e"].slice(0, draw.integer(1, 5)).map((name) => `${folder}${name}`);
  return {
    words: `deleteMany of ${keys.length}`,
    writes: true,
    prepare: async () => {
      for (const key of keys) await truth.put(key, "x");
    },
    call: (store) => store.deleteMany(keys),
    untruth: async (results: Awaited<ReturnType<ObjectStore["deleteMany"]>>) => {
      if (results.length !== keys.length) return `${results.length} results for ${keys.length} keys`;
      for (const { key, error } of results) {
        if (error !== undefined && !isObjectStoreError(error))
          return `${key}: an error without a type: ${String(error)}`;
        if (error === undefined && (await truth.exists(key))) return `${key} is told as deleted, and there`;
      }
      return undefined;
    },
  };
}

function copy(draw: Draw, truth: ObjectStore, folder: string): Operation {
  const bytes = draw.bytes(draw.one([0, 700]));
  const [source, target] = [`${folder}source`, `${folder}copied`];
  return {
    words: `copy of ${bytes.byteLength} bytes`,
    writes: true,
    prepare: async () => void (await truth.put(source, bytes)),
    call: (store) => store.copy(source, target),
    untruth: async () => (await holds(truth, target, [bytes])) ?? (await holds(truth, source, [bytes])),
    harm: async () => (await holds(truth, target, [bytes, undefined])) ?? (await holds(truth, source, [bytes])),
  };
}

function move(draw: Draw, truth: ObjectStore, folder: string): Operation {
  const bytes = draw.bytes(700);
  const [source, target] = [`${folder}source`, `${folder}moved`];
  return {
    words: "rename",
    writes: true,
    prepare: async () => void (await truth.put(source, bytes)),
    call: (store) => store.rename(source, target),
    untruth: async () => (await holds(truth, target, [bytes])) ?? (await holds(truth, source, [undefined])),
    harm: async () => {
      const lost = await holds(truth, target, [bytes]);
      return lost === undefined
        ? undefined
        : ((await holds(truth, source, [bytes])) && `the object is at neither key: ${lost}`) || undefined;
    },
  };
}

/** What is not one of `allowed` under a key; undefined stands for no object. */
async function holds(
  truth: ObjectStore,
  key: string,
  allowed: readonly (Uint8Array | undefined)[],
): Promise<string | undefined> {
  let stored: Uint8Array | undefined;
  try {
    stored = await (await truth.get(key)).bytes();
  } catch (error) {
    if (!isObjectStoreError(error, "NotFound")) throw error;
  }
  const same = allowed.some((bytes) =>
    bytes === undefined || stored === undefined ? bytes === stored : bytesDiffer(stored, bytes) === undefined,
  );
  return same
    ? undefined
    : `${key} holds ${stored === undefined ? "nothing" : `${stored.byteLength} bytes that are not expected`}`;
}
