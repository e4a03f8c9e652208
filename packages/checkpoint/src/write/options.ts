import { type CompressionOptions, checkInteger, checkOptions, ObjectStoreError, type OpenOptions } from "@sluice/core";
import { checkTimestamp } from "../layout/save-id.js";
import { checkStrategy, type Strategy } from "../layout/strategy.js";
import { MAX_RANKS } from "../manifest/schema.js";
import { BASE_OPTION_NAMES } from "../open-base.js";
import { describeIdentity, type Identity, identifyProcess } from "../ranks/identity.js";
import type { Environment } from "../ranks/launcher/variables.js";

export interface CheckpointWriterOptions extends OpenOptions {
  /** The training step, 0 to 2^53 - 1. */
  readonly step: number;
  /** Default 0. */
  readonly epoch?: number;
  /** What made the shards: `torch`, `flax`, `tf`, …. Default `generic`. */
  readonly framework?: string;
  /** How many ranks the checkpoint has. Default: the launcher's, else 1. A launcher that says otherwise is contradicted: InvalidArgument. */
  readonly worldSize?: number;
  /** This process's rank, where the ranks are processes of their own. Default: the launcher's, which it may not contradict either. */
  readonly rank?: number;
  /** The timestamp that all ranks share. Default: a new one, which rank 0 tells the others through the store. */
  readonly ts?: string;
  /** The same for all ranks of one start of a job, and another for each start. Default: the launcher's. */
  readonly runId?: string;
  /** Default `flat`. */
  readonly strategy?: Strategy;
  /** Of the shards. Default: none. */
  readonly compression?: CompressionOptions | "none";
  /** Kept in the manifest: whatever JSON can hold. */
  readonly userMeta?: unknown;
  /** How long to wait for other ranks. Default 10 minutes. */
  readonly deadlineMs?: number;
  /** Shards that {@link CheckpointWriter.save} writes at once. Default 4. */
  readonly concurrency?: number;
  /** Where the launcher's variables are looked up. Default: the process's environment. */
  readonly environment?: Environment;
  /** `none`: the launcher's variables are ignored, and only what is given here counts. */
  readonly launcher?: "none";
}

/** The options with their defaults. */
export interface CheckedWriterOptions extends Identity {
  readonly step: number;
  readonly epoch: number;
  readonly framework: string;
  readonly ts: string | undefined;
  readonly strategy: Strategy;
  readonly compression: CompressionOptions | "none";
  readonly userMeta: unknown;
  readonly deadlineMs: number;
  readonly concurrency: number;
  readonly signal: AbortSignal | undefined;
  /** Whether other processes write shards of the same save. */
  readonly isShared: boolean;
}

const OPTION_NAMES = [
  ...["step", "epoch", "framework", "worldSize", "rank", "ts", "runId", "strategy", "compression"],
  ...["userMeta", "deadlineMs", "concurrency", "environment", "launcher"],
  ...BASE_OPTION_NAMES,
] as const;

const DEFAULT_DEADLINE_MS = 10 * 60_000;
const MAX_DEADLINE_MS = 7 * 24 * 3_600_000;
const MAX_CONCURRENCY = 256;
const OPERATION = "CheckpointWriter.open";

/** InvalidArgument for what can't be meant, before any I/O. */
export function checkWriterOptions(options: CheckpointWriterOptions): CheckedWriterOptions {
  checkOptions(options, OPTION_NAMES, OPERATION);
  const { step, epoch = 0, framework = "generic", strategy = "flat", compression = "none", userMeta = null } = options;
  const { deadlineMs = DEFAULT_DEADLINE_MS, concurrency = 4, ts, signal } = options;
  checkIdentity(options);
  const identity = identifyProcess(options, OPERATION);
  const { rank, worldSize, runId } = identity;
  checkInteger(step, "step", 0, Number.MAX_SAFE_INTEGER, OPERATION);
  checkInteger(epoch, "epoch", 0, Number.MAX_SAFE_INTEGER, OPERATION);
  if (rank !== undefined) checkInteger(rank, "rank", 0, worldSize - 1, OPERATION);
  checkInteger(deadlineMs, "deadlineMs", 0, MAX_DEADLINE_MS, OPERATION);
  checkInteger(concurrency, "concurrency", 1, MAX_CONCURRENCY, OPERATION);
  if (ts !== undefined) checkTimestamp(ts, OPERATION);
  checkText(framework, "framework");
  checkJson(userMeta);
  const isShared = worldSize > 1 && (rank !== undefined || ts !== undefined);
  if (isShared && ts === undefined && runId === undefined) {
    throw new ObjectStoreError(
      "InvalidArgument",
      `${OPERATION}: ${describeIdentity(identity)}, and nothing tells this start of the job from another one: give all ranks the same runId (another for each start of the job) or the same ts`,
      { operation: OPERATION },
    );
  }
  checkStrategy(strategy, OPERATION);
  return {
    ...identity,
    ...{ step, epoch, framework, ts, strategy },
    ...{ compression, userMeta, deadlineMs, concurrency, signal, isShared },
  };
}

/** What is given, before it is compared with what a launcher says. */
function checkIdentity({ rank, worldSize, runId }: CheckpointWriterOptions): void {
  if (worldSize !== undefined) checkInteger(worldSize, "worldSize", 1, MAX_RANKS, OPERATION);
  if (rank !== undefined) checkInteger(rank, "rank", 0, MAX_RANKS - 1, OPERATION);
  if (runId !== undefined) checkText(runId, "runId");
}

function checkText(text: unknown, name: string): void {
  if (typeof text === "string" && text !== "") return;
  throw new ObjectStoreError("InvalidArgument", `${OPERATION}: ${name} must be a text, and not empty`, {
    operation: OPERATION,
  });
}

function checkJson(value: unknown): void {
  let problem = "it has no JSON";
  try {
    if (JSON.stringify(value) !== undefined) return;
  } catch (error) {
    problem = String(error);
  }
  throw new ObjectStoreError("InvalidArgument", `${OPERATION}: userMeta must be what JSON can hold: ${problem}`, {
    operation: OPERATION,
  });
}
