import type { ObjectStore } from "@sluice/core";
import { newIncarnation } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import { describeIdentity } from "../ranks/identity.js";
import type { CommitParts } from "./commit.js";
import type { CheckedWriterOptions } from "./options.js";

/** What a process needs to write its shards and to commit with others. */
export function commitParts(
  store: ObjectStore,
  id: SaveId,
  options: CheckedWriterOptions,
  signal: AbortSignal,
): CommitParts {
  const { worldSize, deadlineMs, isShared, framework, epoch, userMeta, strategy, ts, runId } = options;
  const name = ts === undefined ? `the run ${JSON.stringify(runId)}` : `the timestamp ${ts}`;
  return {
    ...{ store, id, worldSize, name, deadlineMs, signal, isShared },
    who: describeIdentity(options),
    incarnation: newIncarnation(),
    facts: { framework, epoch, userMeta, strategy },
  };
}
