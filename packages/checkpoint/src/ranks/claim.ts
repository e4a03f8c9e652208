import { isObjectStoreError, ObjectStoreError } from "@sluice/core";
import { claimKey } from "../layout/keys.js";
import { readJson, toJsonText } from "../manifest/json-object.js";
import { type ClaimJson, claimSchema } from "../manifest/schema.js";
import { callOf, type SaveContext } from "./save-context.js";

/** A claim of this process. */
export interface Claim {
  readonly rank: number;
  readonly etag: string | undefined;
}

/**
 * Tells that this process is at work on a rank's shard, in place of any process of that rank before. Until it has compared its bytes
 * with what is recorded, and released the claim, nobody commits: a record alone may be of another start of the job.
 */
export async function claimRank(context: SaveContext, rank: number): Promise<Claim> {
  return { rank, etag: await putClaim(context, rank, false) };
}

/** Tells that the shard of this rank is recorded with other bytes than this process has: the save can't be committed any more. */
export async function tellConflict(context: SaveContext, rank: number): Promise<void> {
  await putClaim(context, rank, true);
}

/** Takes the claim back, unless it is another process's by now. */
export async function releaseClaim(context: SaveContext, { rank, etag }: Claim): Promise<void> {
  const { store, id, incarnation } = context;
  const ifMatch = store.capabilities.ifMatch ? etag : undefined;
  if (ifMatch === undefined && (await readClaim(context, rank))?.incarnation !== incarnation) return;
  try {
    await store.delete(claimKey(id, rank), { ...callOf(context), ...(ifMatch !== undefined && { ifMatch }) });
  } catch (error) {
    if (!isObjectStoreError(error, "PreconditionFailed") && !isObjectStoreError(error, "NotFound")) throw error;
  }
}

/** The claimed ranks whose process has not ended its part. AlreadyExists where one has found other bytes than its own. */
export async function pendingClaims(
  context: SaveContext,
  claimed: ReadonlySet<number>,
  records: readonly { readonly incarnation: string | undefined }[],
): Promise<number[]> {
  const pending: number[] = [];
  for (const rank of claimed) {
    const claim = await readClaim(context, rank);
    if (claim === undefined) continue;
    if (claim.conflict) throw otherBytes(context, rank, "commit");
    // A process may be killed when its record is written and its claim still there.
    if (claim.incarnation !== records[rank]?.incarnation) pending.push(rank);
  }
  return pending;
}

/** Builds the error for bytes that are not those that the save has for the rank. */
export function otherBytes({ store, id, name }: SaveContext, rank: number, operation: string): ObjectStoreError {
  return new ObjectStoreError(
    "AlreadyExists",
    `${operation}: ${name} has already saved step ${id.step} with other bytes for rank ${rank}: another start of the job goes by the same name; give each start a runId (--run-id) of its own`,
    { operation, uri: store.uri },
  );
}

async function putClaim(context: SaveContext, rank: number, conflict: boolean): Promise<string | undefined> {
  const { store, id, incarnation } = context;
  const text = toJsonText({ global_step: id.step, ts: id.ts, incarnation, conflict } satisfies ClaimJson);
  return (await store.put(claimKey(id, rank), text, callOf(context))).etag;
}

/** The claim on a rank, whoever's it is; undefined if there is none. */
export async function readClaim({ store, id, signal }: SaveContext, rank: number): Promise<ClaimJson | undefined> {
  try {
    return (await readJson(store, claimKey(id, rank), claimSchema, signal)).value;
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}
