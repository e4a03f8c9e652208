import { createHash, randomBytes } from "node:crypto";
import { type SaveId, TIMESTAMP } from "./save-id.js";
import { type Strategy, strategyFolder } from "./strategy.js";

// The layout of s3dlio's checkpoints (its src/checkpoint/paths.rs and latest.rs); `records/` and `saves/` are additions.

/** The pointer to the newest checkpoint. */
export const LATEST_KEY = "latest.json";

export const MANIFESTS = "manifests/";
export const MARKERS = "latest/";
export const SHARDS = "shards/";
export const RECORDS = "records/";
export const SAVES = "saves/";

/** `ckpt-{step}-{ts}`, in every key of a save. */
function nameOf({ step, ts }: SaveId): string {
  return `ckpt-${step}-${ts}`;
}

export function manifestKey(id: SaveId): string {
  return `${MANIFESTS}${nameOf(id)}.json`;
}

/** What the keys of a step's manifests begin with. */
export function manifestPrefix(step: number): string {
  return `${MANIFESTS}ckpt-${step}-`;
}

/** The append-only twin of {@link LATEST_KEY}. */
export function markerKey(id: SaveId): string {
  return `${MARKERS}${nameOf(id)}.json`;
}

/**
 * A rank's shard, under a new key with each call, so that no two writers of a rank ever write the same object; compression adds its
 * extension. s3dlio, and this package before, wrote `rank-{r}.bin`; readers take keys from the manifest.
 */
export function newShardKey(id: SaveId, rank: number, strategy: Strategy): string {
  return `${SHARDS}${strategyFolder(strategy, rank)}${nameOf(id)}/rank-${rank}-${newIncarnation()}.bin`;
}

/** Names one process's attempt, as no other ever is. */
export function newIncarnation(): string {
  return randomBytes(8).toString("hex");
}

/** What a save's shard records begin with. */
export function recordPrefix(id: SaveId): string {
  return `${RECORDS}${nameOf(id)}/`;
}

/** Where a rank says that its shard is complete. */
export function recordKey(id: SaveId, rank: number): string {
  return `${recordPrefix(id)}rank-${rank}.json`;
}

/** Where a rank's process says that it is at work on its shard. */
export function claimKey(id: SaveId, rank: number): string {
  return `${recordPrefix(id)}rank-${rank}.claim.json`;
}

/** Where rank 0 tells the others the save id. A run's name may be anything, so its hash stands for it. */
export function saveKey(step: number, runId: string): string {
  return `${SAVES}ckpt-${step}-${createHash("sha256").update(runId).digest("hex").slice(0, 16)}.json`;
}

const JSON_KEY = /^(?:manifests|latest)\/ckpt-(\d{1,16})-([^/]+)\.json$/;
const SHARD_KEY = /^shards\/(?:rr\/[0-9a-f]{2}\/|bin\/[01]{4}\/)?ckpt-(\d{1,16})-([^/]+)\/rank-\d+(?:-[0-9a-f]+)?\.bin/;
const RECORD_KEY = /^records\/ckpt-(\d{1,16})-([^/]+)\/rank-(\d{1,10})(\.claim)?\.json$/;

/** The save that a manifest or a marker is of. */
export function saveOfJsonKey(key: string): SaveId | undefined {
  return saveOf(JSON_KEY.exec(key));
}

/** The save that a shard, a shard record or a claim is of. */
export function saveOfShardKey(key: string): SaveId | undefined {
  return saveOf(SHARD_KEY.exec(key) ?? RECORD_KEY.exec(key));
}

/** Whose record or claim a key is of. */
export function rankOfRecordKey(key: string): { readonly rank: number; readonly isClaim: boolean } | undefined {
  const match = RECORD_KEY.exec(key);
  return match === null ? undefined : { rank: Number(match[3]), isClaim: match[4] !== undefined };
}

function saveOf(match: RegExpExecArray | null): SaveId | undefined {
  const [, digits, ts] = match ?? [];
  const step = Number(digits);
  if (ts === undefined || !Number.isSafeInteger(step) || !TIMESTAMP.test(ts)) return undefined;
  return { step, ts };
}

/** Keys that a manifest may not call a shard: pruning deletes what it names. */
const RESERVED = [MANIFESTS, MARKERS, RECORDS, SAVES];

/** Whether a manifest from outside may name `key` as a shard: below the base, and none of the layout's own objects. */
export function isShardKeyInside(key: string): boolean {
  if (key === LATEST_KEY || RESERVED.some((prefix) => key.startsWith(prefix))) return false;
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for.
  if (key.length > 1024 || /[\u0000-\u001f\\]/.test(key)) return false;
  return key.split("/").every((segment) => segment !== "" && segment !== "." && segment !== "..");
}
