import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import {
  compareKeys,
  isObjectStoreError,
  memoryBackend,
  type ObjectStore,
  openStore,
  StoreRegistry,
} from "@sluice/core";
import { runCommand } from "../command.js";
import type { Draw } from "../draw.js";
import type { CaseResult, Kind } from "../kind.js";
import type { Service } from "../service/hostile-service.js";
import { judge } from "../verdict.js";

/** A place that keeps keys: below it each case has a base of its own. */
interface Place {
  readonly registry: StoreRegistry;
  readonly uri: string;
  close(): Promise<void>;
}

/** Keys that are hard to keep, on a service: what is accepted is listed, read, copied and removed, or a failure says so. */
export function oddKeysOnService(name: string, start: () => Promise<Service>): Kind {
  return oddKeys(name, async () => {
    const { plugin, location, optionsDirect, close } = await start();
    const direct = { ...plugin, open: (where: typeof location) => plugin.open(where, optionsDirect) };
    const registry = new StoreRegistry({ plugins: [direct, fsBackend()], discovery: false });
    return { registry, uri: `${location.scheme}://${location.authority}`, close };
  });
}

/** The same in a folder and in memory. */
export function oddKeysHere(scheme: "file" | "memory"): Kind {
  return oddKeys(`keys-${scheme}`, async () => {
    const folder = await mkdtemp(join(tmpdir(), "sluice-campaign-"));
    const registry = new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false });
    const uri = scheme === "file" ? `file://${folder}` : "memory://campaign";
    return { registry, uri, close: () => rm(folder, { recursive: true, force: true }) };
  });
}

function oddKeys(name: string, open: () => Promise<Place>): Kind {
  return {
    name,
    open: async () => {
      const place = await open();
      let bases = 0;
      return {
        caseOf: (draw) => ({ words: "keys", run: () => run(draw, place, `${place.uri}/base-${++bases}/`) }),
        close: () => place.close(),
      };
    },
  };
}

async function run(draw: Draw, { registry }: Place, base: string): Promise<CaseResult> {
  const keys = [...new Set(Array.from({ length: draw.integer(1, 5) }, () => drawKey(draw)))];
  const step = draw.one(["read", "copy", "remove"] as const);
  const words = `${step} ${JSON.stringify(keys)}`;
  const store = await openStore(base, { registry });
  try {
    const kept: string[] = [];
    const verdict = await judge(
      async () => {
        for (const key of keys) if (await isKept(store, key)) kept.push(key);
        return (await untruthOfReading(store, kept)) ?? untruthOfStep(step, store, base, kept, registry);
      },
      (untruth) => untruth,
    );
    return { words, verdict };
  } finally {
    await store.close();
  }
}

async function untruthOfStep(
  step: "read" | "copy" | "remove",
  store: ObjectStore,
  base: string,
  kept: readonly string[],
  registry: StoreRegistry,
): Promise<string | undefined> {
  if (step === "read" || kept.length === 0) return undefined;
  if (step === "remove") {
    const { status } = await runCommand(["rm", "-r", base], registry);
    const left = await keysOf(store);
    return status === 0 && left.length > 0 ? `removed, and ${JSON.stringify(left)} are there` : undefined;
  }
  const folder = await mkdtemp(join(tmpdir(), "sluice-campaign-"));
  try {
    const { status } = await runCommand(["cp", "-r", base, `file://${folder}/`], registry);
    if (status !== 0) return undefined;
    const copies = await openStore(`file://${folder}`, { registry });
    return await untruthOfReading(copies, kept);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Whether the store took the key; refusals are InvalidArgument. */
async function isKept(store: ObjectStore, key: string): Promise<boolean> {
  try {
    await store.put(key, `content of ${key}`);
    return true;
  } catch (error) {
    if (isObjectStoreError(error, "InvalidArgument")) return false;
    throw error;
  }
}

/** What a store does not tell or give of these objects, which are all it has. */
async function untruthOfReading(store: ObjectStore, kept: readonly string[]): Promise<string | undefined> {
  const [listed, expected] = [await keysOf(store), [...kept].sort(compareKeys)];
  if (JSON.stringify(listed) !== JSON.stringify(expected)) return `listed are ${JSON.stringify(listed)}`;
  for (const key of kept) {
    const text = await (await store.get(key)).text();
    if (text !== `content of ${key}`) return `${JSON.stringify(key)} holds ${JSON.stringify(text)}`;
  }
  return undefined;
}

async function keysOf(store: ObjectStore): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
  return keys;
}

const SEGMENTS = [
  ...["a", "b", "A", "dir", "a b", "a+b", "100%", "%41", "a%2Fb", "..", ".", "...", "a.", "a ", " a", "~", "-r", "--"],
  ...[
    "é",
    "e\u0301",
    "\u{1f600}",
    "\u{ffff}",
    "\u{10000}",
    "\u200b",
    "\u202e",
    "中",
    "a\\b",
    "C:",
    "con",
    "*",
    "?",
    "#",
    "&amp;",
  ],
  ...[
    "<a>",
    "]]>",
    "'",
    '"',
    "a\nb",
    "a\tb",
    "\u0001",
    "\u007f",
    "\u0085",
    "\ufffe",
    "\r",
    "x".repeat(200),
    "é".repeat(127),
  ],
  ...[
    ".sluice",
    ".sluice-tmp",
    ".sluice-lock",
    "$root",
    "$logs",
    "null",
    "constructor",
    "__proto__",
    "a=b",
    "a;b",
    "a,b",
    "@",
  ],
];

function drawKey(draw: Draw): string {
  const segments = Array.from({ length: draw.integer(1, 3) }, () => draw.one(SEGMENTS));
  const text = segments.join(draw.chance(0.1) ? "//" : "/");
  return `${draw.chance(0.05) ? "/" : ""}${text}${draw.chance(0.1) ? "/" : ""}`;
}
