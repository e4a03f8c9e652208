// Saves one rank's shard, or commits a step of its own.
// Arguments: folder, step, rank, world size, run id, how long to hesitate; "none" as the run id: it saves all ranks by itself.
import { setTimeout as delay } from "node:timers/promises";
import { openFsStore } from "@sluice/backend-fs";
import { CheckpointWriter } from "@sluice/checkpoint";
import { shardContent } from "./checkpoints.mjs";

const [folder, ...numbers] = process.argv.slice(2);
const [step, rank, worldSize] = numbers.slice(0, 3).map(Number);
const [runId, hesitationMs] = numbers.slice(3);
const store = await openFsStore(folder, { durability: "none" });
process.stdout.write("begun\n");
const shared = runId === "none" ? {} : { rank, runId };
const save = await CheckpointWriter.open(store, { step, worldSize, deadlineMs: 120_000, environment: {}, ...shared });
await delay(Number(hesitationMs));
const ranks = runId === "none" ? Array.from({ length: worldSize }, (_, index) => index) : [rank];
await save.save(Object.fromEntries(ranks.map((own) => [own, shardContent(step, own)])));
process.stdout.write("saved\n");
// Any process may commit, and so all do.
await save.commit();
process.stdout.write("committed\n");
