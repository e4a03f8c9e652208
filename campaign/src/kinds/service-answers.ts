import type { AnswerMutation } from "../answers/answer-mutation.js";
import { drawInstead, drawMutation } from "../answers/draw-mutation.js";
import type { Draw } from "../draw.js";
import type { CampaignCase, CaseResult, Kind } from "../kind.js";
import { COMMAND_OPERATIONS } from "../service/command-operations.js";
import { type Fixtures, storeFixtures } from "../service/fixtures.js";
import { HostileService, type Service } from "../service/hostile-service.js";
import type { Operation } from "../service/operation.js";
import { FACT_OPERATIONS, READ_OPERATIONS } from "../service/read-operations.js";
import { WRITE_OPERATIONS } from "../service/write-operations.js";
import { judge, type Verdict } from "../verdict.js";

/** Answers of a real server that are changed on their way, or given in its place. */
export function serviceAnswers(name: string, start: () => Promise<Service>): Kind {
  return {
    name,
    open: async () => {
      const hostile = await HostileService.start(await start());
      const fixtures = await storeFixtures(hostile.service.truth);
      await hostile.learn(() => sampleCalls(hostile));
      let folders = 0;
      return {
        caseOf: (draw) => caseOf(draw, hostile, fixtures, `work/${++folders}/`),
        close: () => hostile.close(),
      };
    },
  };
}

/** One call of each sort, so that there are answers to give again. */
async function sampleCalls({ store }: HostileService): Promise<void> {
  await store.head("other");
  await store.getRange("other", { start: 0 });
  await store.getRange("plain", { start: 10, end: 500 });
  for await (const _ of store.list({ prefix: "list/", pageSize: 5 }));
  await store.put("sample", "sample");
  await store.copy("sample", "sample-copy");
  await store.deleteMany(["sample", "sample-none"]);
  await store.delete("sample-copy");
}

function caseOf(draw: Draw, hostile: HostileService, fixtures: Fixtures, folder: string): CampaignCase {
  return { words: "an answer", run: () => run(draw, hostile, fixtures, folder) };
}

async function run(draw: Draw, hostile: HostileService, fixtures: Fixtures, folder: string): Promise<CaseResult> {
  const operation = await drawOperation(draw, hostile, fixtures, folder);
  await operation.prepare?.();
  const instead = operation.writes === true && draw.chance(0.5);
  const mutation: AnswerMutation = instead ? drawInstead(draw) : drawMutation(draw, operation.isChecked === true);
  // An upload whose answer was lost is asked after for half a minute, which is not what a case is to wait for.
  const requests = draw.chance(0.6) ? 1 : operation.writes === true ? 4 : Number.POSITIVE_INFINITY;
  const strike = { at: draw.one([0, 0, 0, 1, 2]), requests, instead, requestClass: undefined, mutation };
  const log = hostile.arm(strike);
  const attempt = () => operation.call(hostile.store);
  let verdict: Verdict;
  try {
    verdict = await judge(
      attempt,
      async (value) => {
        hostile.heal();
        return operation.untruth(value as never);
      },
      operation.isAbsent,
    );
  } finally {
    hostile.heal();
  }
  if (verdict.kind === "refused") {
    const harm = await operation.harm?.();
    if (harm !== undefined) verdict = { kind: "wrong", what: `${harm}, after ${verdict.code}` };
  }
  const struck = log.words.length === 0 ? "no answer was hit" : [...new Set(log.words)].slice(0, 4).join("; ");
  const words = `${operation.words}; ${instead ? "in the server's place: " : ""}${struck}`;
  if (log.lie !== undefined) return { words, verdict: { kind: "undetectable", reason: log.lie } };
  return { words, verdict };
}

async function drawOperation(
  draw: Draw,
  hostile: HostileService,
  fixtures: Fixtures,
  folder: string,
): Promise<Operation> {
  const { truth } = hostile.service;
  const sort = draw.one(["read", "read", "facts", "facts", "write", "write", "command"] as const);
  if (sort === "read") return draw.one(READ_OPERATIONS)(draw, truth, fixtures);
  if (sort === "facts") return draw.one(FACT_OPERATIONS)(draw, truth, fixtures);
  if (sort === "write") return draw.one(WRITE_OPERATIONS)(draw, truth, folder);
  return draw.one(COMMAND_OPERATIONS)(draw, hostile, fixtures, folder);
}
