import { isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { saveKey } from "../layout/keys.js";
import { newTimestamp, type SaveId } from "../layout/save-id.js";
import type { Strategy } from "../layout/strategy.js";
import { readJson, toJsonText } from "../manifest/json-object.js";
import { saveSchema } from "../manifest/schema.js";
import { describeIdentity, type Identity } from "./identity.js";
import { pollUntil } from "./poll.js";

export interface SaveIdOptions extends Omit<AgreeOptions, "rank" | "runId">, Identity {
  /** The timestamp, if the caller gives it. */
  readonly ts: string | undefined;
  readonly isShared: boolean;
}

/** The id of a save: with the caller's timestamp, with a new one, or the one that ranks agree on. */
export async function saveIdOf(store: ObjectStore, options: SaveIdOptions): Promise<SaveId> {
  const { step, ts, rank, runId, isShared } = options;
  if (ts !== undefined) return { step, ts };
  if (!isShared || rank === undefined || runId === undefined) return { step, ts: newTimestamp() };
  return agreeOnSave(store, { ...options, rank, runId });
}

interface AgreeOptions extends Identity {
  readonly step: number;
  readonly rank: number;
  readonly strategy: Strategy;
  readonly runId: string;
  readonly deadlineMs: number;
  readonly signal: AbortSignal | undefined;
}

/**
 * The save id that all ranks of a run share: rank 0 derives it and puts it into the store, the others wait for it. A rank that
 * is started again finds the same one, since a run saves a step once.
 */
async function agreeOnSave(store: ObjectStore, options: AgreeOptions): Promise<SaveId> {
  const { step, rank, deadlineMs, signal, runId } = options;
  const found = await findSave(store, options);
  if (found !== undefined) return found;
  if (rank === 0) return proposeSave(store, options);
  return pollUntil(() => findSave(store, options), {
    operation: "CheckpointWriter.open",
    deadlineMs,
    signal,
    waitedFor: () =>
      `${describeIdentity(options)}; rank 0 has not begun to save step ${step} of the run ${JSON.stringify(runId)}`,
  });
}

async function proposeSave(store: ObjectStore, options: AgreeOptions): Promise<SaveId> {
  const { step, runId, worldSize, strategy, signal } = options;
  const id = { step, ts: newTimestamp() };
  const text = toJsonText({ global_step: step, ts: id.ts, world_size: worldSize, strategy });
  const condition = store.capabilities.ifNotExists ? { ifNotExists: true } : {};
  try {
    await store.put(saveKey(step, runId), text, { ...condition, ...(signal !== undefined && { signal }) });
    // Without the condition another process may have been later: the one that stands is everybody's.
    return store.capabilities.ifNotExists ? id : ((await findSave(store, options)) ?? id);
  } catch (error) {
    // An earlier incarnation of this rank was first.
    const found = isObjectStoreError(error, "AlreadyExists") ? await findSave(store, options) : undefined;
    if (found === undefined) throw error;
    return found;
  }
}

async function findSave(
  store: ObjectStore,
  { step, runId, worldSize, strategy, signal }: AgreeOptions,
): Promise<SaveId | undefined> {
  const key = saveKey(step, runId);
  try {
    const { value } = await readJson(store, key, saveSchema, signal);
    if (value.global_step === step && value.world_size === worldSize && value.strategy === strategy) {
      return { step, ts: value.ts };
    }
    throw new ObjectStoreError(
      "InvalidArgument",
      `CheckpointWriter.open: rank 0 saves step ${value.global_step} with ${value.world_size} ranks, strategy ${value.strategy}; this rank was told step ${step}, ${worldSize} ranks, ${strategy}`,
      { operation: "CheckpointWriter.open", uri: store.uriOf(key) },
    );
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}
