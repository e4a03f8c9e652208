import { type ListEntry, type ListOptions, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { CheckpointReader, CheckpointWriter, prune } from "../src/index.js";
import { refuses } from "./refuses.js";
import { keysOf, rewrite, type StoreHarness, type TestStore } from "./stores.js";

const STEPS = [1, 2, 3, 4, 5];

/** Which keys a listing of a prefix lacks. */
type Lack = (key: string, prefix: string) => boolean;

/** What has to hold on every store: what a listing lacks is not gone. */
export function pruneSuite({ open }: StoreHarness): void {
  let opened: TestStore;
  let store: ObjectStore;

  beforeEach(async () => {
    opened = await open();
    store = opened.store;
  });

  afterEach(() => opened.cleanUp());

  const save = async (step: number) =>
    (await CheckpointWriter.open(store, { step, environment: {} })).saveAll([`step ${step}`]);
  const saveSteps = async () => {
    for (const step of STEPS) await save(step);
  };

  const isManifest = (key: string) => key.startsWith("manifests/");
  test.each<[string, Lack]>([
    ["has no manifest at all", isManifest],
    ["ends after the first page", (key) => isManifest(key) && !/ckpt-[12]-/.test(key)],
    ["lacks the latest manifest", (key) => key.startsWith("manifests/ckpt-5-")],
    ["lacks one in the middle", (key) => key.startsWith("manifests/ckpt-3-")],
    ["has neither manifests nor markers", (key) => isManifest(key) || key.startsWith("latest/")],
    ["has nothing but shards", (key) => !key.startsWith("shards/")],
    ["ends early only where all is listed", (key, prefix) => isManifest(key) && prefix === "manifests/"],
  ])("N1 a listing that %s deletes nothing: prune is Unavailable", async (_name, lacks) => {
    await saveSteps();
    const before = await keysOf(store);
    const short = withShortListings(store, lacks);
    for (const rule of [{}, { keepLast: 1 }, { keepEvery: 100, olderThan: new Date(Date.now() + 1e6) }]) {
      await refuses(prune(short, { graceMs: 0, ...rule }), "Unavailable", "nothing was deleted");
      await refuses(prune(short, { graceMs: 0, dryRun: true, ...rule }), "Unavailable", "nothing was deleted");
    }
    expect(await keysOf(store)).toEqual(before);
    expect((await (await CheckpointReader.latest(store)).verify({ full: true })).ok).toBe(true);
  });

  test("a run that finds nothing to delete writes nothing", async () => {
    const { store } = opened;
    const writes: unknown[] = [];
    const watched = new Proxy(store, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target);
        if (typeof value !== "function") return value;
        return (...parameters: unknown[]) => {
          if (["put", "createWriter", "delete", "deleteMany"].includes(String(name)))
            writes.push([name, parameters[0]]);
          return Reflect.apply(value, target, parameters);
        };
      },
    });
    for (const options of [{}, { keepLast: 1 }, { olderThan: new Date() }, { graceMs: 0 }]) {
      expect(await prune(watched, options)).toMatchObject({ checkpoints: [], orphans: [], staleUploads: 0 });
    }
    await (await CheckpointWriter.open(store, { step: 1, environment: {} })).saveAll(["x"]);
    await prune(store, { graceMs: 0 });
    expect(await prune(watched, { keepLast: 1 })).toMatchObject({ kept: [{ step: 1 }], deletedObjects: 0 });
    expect(writes).toEqual([]);
  });

  test("N2 manifests without markers, as other programs write them, are asked for by the names of their shards", async () => {
    await saveSteps();
    const markers = (await keysOf(store)).filter((key) => key.startsWith("latest/"));
    await store.deleteMany(markers);
    const before = await keysOf(store);
    for (const lacks of ["manifests/ckpt-1-", "manifests/ckpt-4-", "manifests/"]) {
      const short = withShortListings(store, (key, prefix) => key.startsWith(lacks) && prefix === "manifests/");
      await refuses(prune(short, { graceMs: 0 }), "Unavailable", "the listing lacked manifests/");
    }
    expect(await keysOf(store)).toEqual(before);
    expect(await prune(store, { graceMs: 0 })).toMatchObject({ orphans: [], checkpoints: [] });
  });

  test("N3 a shard that lies under another save's name is kept by the manifest that names it", async () => {
    await save(1);
    const other = await CheckpointWriter.open(store, { step: 2, ts: "a", environment: {} });
    const { manifestKey, manifest } = await other.saveAll(["elsewhere"]);
    await store.rename(manifest.shards[0]?.key as string, "shards/ckpt-2-b/rank-0.bin");
    await rewrite(store, manifestKey, (json) => (json.shards[0].key = "shards/ckpt-2-b/rank-0.bin"));
    await save(3);
    await store.deleteMany((await keysOf(store)).filter((name) => name.startsWith("latest/")));
    const before = await keysOf(store);
    const short = withShortListings(store, (name, prefix) => name.includes("ckpt-2-") && prefix === "manifests/");
    await refuses(prune(short, { graceMs: 0 }), "Unavailable", "lacked manifests/ckpt-2-a.json");
    expect(await keysOf(store)).toEqual(before);
    expect((await prune(store, { graceMs: 0 })).orphans).toEqual([]);
  });

  test("N4 a committed checkpoint whose manifest is gone stops prune as long as its marker or latest.json tells of it", async () => {
    await saveSteps();
    const manifestOf = async (step: number) =>
      (await keysOf(store)).find((key) => key.startsWith(`manifests/ckpt-${step}-`)) as string;
    const third = await manifestOf(3);
    const text = await (await store.get(third)).text();
    await store.delete(third);
    const before = await keysOf(store);
    await refuses(prune(store, { graceMs: 0 }), "Unavailable", `tells of ${third}`);
    await store.put(third, text);
    await store.delete(await manifestOf(5));
    await refuses(prune(store, { graceMs: 0, keepLast: 1 }), "Unavailable", "manifests/ckpt-5-");
    await store.deleteMany((await keysOf(store)).filter((key) => key.startsWith("latest/")));
    await refuses(prune(store, { graceMs: 0 }), "Unavailable", "latest.json tells of manifests/ckpt-5-");
    expect((await keysOf(store)).filter((key) => key.startsWith("shards/"))).toEqual(
      before.filter((key) => key.startsWith("shards/")),
    );
    await store.put("latest.json", "{");
    await refuses(prune(store, { graceMs: 0 }), "ChecksumMismatch", "latest.json");
  });

  test("N5 a deletion that fails tells how many objects were deleted before", async () => {
    await saveSteps();
    const before = await keysOf(store);
    const failing = new Proxy(store, {
      get: (target, name) => {
        const value = Reflect.get(target, name, target);
        if (name !== "delete") return typeof value === "function" ? value.bind(target) : value;
        return async (key: string, options?: object) => {
          if (key.startsWith("manifests/ckpt-2-")) throw new ObjectStoreError("PermissionDenied", "no");
          return target.delete(key, options);
        };
      },
    });
    await refuses(prune(failing, { keepLast: 1 }), "PermissionDenied", "failed when 4 objects had been deleted: no");
    // The first checkpoint of three objects, and the second one's marker.
    expect(before.length - (await keysOf(store)).length).toBe(4);
    expect((await prune(store, { keepLast: 1, graceMs: 0 })).checkpoints).toMatchObject([
      { step: 2 },
      { step: 3 },
      { step: 4 },
    ]);
    expect((await keysOf(store)).length).toBe(4);
  });

  test.each<[string, Lack]>([
    ["has no manifest at all", isManifest],
    ["ends after the first page", (key) => isManifest(key) && !/ckpt-[12]-/.test(key)],
    ["lacks the step", (key) => key.startsWith("manifests/ckpt-4-")],
    ["has no markers", (key) => key.startsWith("latest/")],
  ])("N6 a listing that %s takes no checkpoint from list, byStep and latest", async (_name, lacks) => {
    await saveSteps();
    const short = withShortListings(store, lacks);
    expect((await CheckpointReader.list(short)).map(({ step, problem }) => [step, problem])).toEqual(
      STEPS.map((step) => [step, undefined]),
    );
    expect((await CheckpointReader.byStep(short, 4)).step).toBe(4);
    await refuses(CheckpointReader.byStep(short, 9), "NotFound", "step 9");
    await store.delete("latest.json");
    expect(await CheckpointReader.latest(short)).toMatchObject({
      step: 5,
      fallback: { reason: expect.stringContaining("latest.json is missing") },
    });
  });

  test("N7 a step that a marker tells of, and whose manifest is not there, is Unavailable and not NotFound", async () => {
    await saveSteps();
    const manifests = (await keysOf(store)).filter(isManifest);
    await store.deleteMany(manifests);
    await refuses(CheckpointReader.byStep(store, 2), "Unavailable", "latest/ckpt-2-");
    await refuses(CheckpointReader.byStep(store, 5), "Unavailable", "latest/ckpt-5-");
    const [, ts] = /ckpt-3-(.*)\.json/.exec(manifests[2] as string) as unknown as [string, string];
    await refuses(CheckpointReader.byStep(store, 3, { ts }), "Unavailable", "is not there");
    expect((await CheckpointReader.list(store)).map(({ problem = "" }) => problem.includes("is missing"))).toEqual(
      STEPS.map(() => true),
    );
    await refuses(CheckpointReader.latest(store), "ChecksumMismatch");
  });

  test.each<[string, (shards: { key: string }[]) => void]>([
    [
      "has a wrong character",
      ([, second]) => Object.assign(second as object, { key: `${second?.key.slice(0, -5)}y.bin` }),
    ],
    ["is another rank's", ([first, second]) => Object.assign(second as object, { key: first?.key })],
  ])("N9 a shard stays whose key %s in the manifest", async (_name, change) => {
    const writer = await CheckpointWriter.open(store, { step: 1, worldSize: 2, environment: {} });
    await writer.saveAll(["first", "second"]);
    await save(2);
    const [manifest = ""] = (await keysOf(store)).filter(isManifest);
    const before = await store.get(manifest).then((object) => object.bytes());
    await rewrite(store, manifest, ({ shards }) => change(shards));
    await prune(store, { graceMs: 0 });
    await store.put(manifest, before);
    expect((await (await CheckpointReader.byStep(store, 1)).verify({ full: true })).ok).toBe(true);
  });
}

/** Only of stores whose clock is not this process's. */
export function pruneClockSuite({ open }: StoreHarness): void {
  let opened: TestStore;

  beforeEach(async () => {
    opened = await open();
  });

  afterEach(async () => {
    vi.restoreAllMocks();
    await opened.cleanUp();
  });

  test.each([2, 30])("N8 a clock that is %i days ahead makes no young attempt old", async (days) => {
    const { store } = opened;
    await (await CheckpointWriter.open(store, { step: 1, environment: {} })).saveAll(["x"]);
    await (await CheckpointWriter.open(store, { step: 2, environment: {} })).saveAll(["y"]);
    const begun = await CheckpointWriter.open(store, { step: 3, worldSize: 2, rank: 0, runId: "r", environment: {} });
    await begun.save({ 0: "half" });
    const before = await keysOf(store);
    const real = Date.now;
    vi.spyOn(Date, "now").mockImplementation(() => real() + days * 24 * 3_600_000);
    expect(await prune(store)).toMatchObject({ orphans: [], deletedObjects: 0 });
    await refuses(
      prune(store, { olderThan: new Date(Date.now() - 3_600_000) }),
      "InvalidState",
      "s ahead of the store's",
    );
    expect(await keysOf(store)).toEqual(before);
    vi.restoreAllMocks();
    expect((await prune(store, { graceMs: 0 })).orphans.length).toBeGreaterThan(0);
  });
}

/** The store with listings that lack some keys and end as if they were whole. */
function withShortListings(store: ObjectStore, lacks: Lack): ObjectStore {
  return new Proxy(store, {
    get: (target, name) => {
      const value = Reflect.get(target, name, target);
      if (name !== "list") return typeof value === "function" ? value.bind(target) : value;
      return async function* (options: ListOptions = {}): AsyncGenerator<ListEntry> {
        for await (const entry of target.list(options)) {
          if (entry.kind !== "object" || !lacks(entry.key, options.prefix ?? "")) yield entry;
        }
      };
    },
  });
}
