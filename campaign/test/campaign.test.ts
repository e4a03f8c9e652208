import { setTimeout as delay } from "node:timers/promises";
import { ObjectStoreError } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { runCampaign, type WrongCase } from "../src/campaign.js";
import { parseCommand } from "../src/command-line.js";
import { Draw } from "../src/draw.js";
import type { CaseResult, Kind } from "../src/kind.js";
import { campaignKinds } from "../src/kinds/all-kinds.js";
import { tableOf, wrongText } from "../src/report.js";
import { judge, judgeError } from "../src/verdict.js";
import { expectNoneWrong } from "./run-small.js";

const CASES = 40;

describe("a small campaign of a fixed seed finds nothing wrong", () => {
  const here =
    /^(zstd-objects|gzip-objects|checkpoint-documents|dataset-documents|safetensors-headers|odd-files|keys-file|keys-memory)$/;
  const kinds = campaignKinds().filter(({ name }) => here.test(name));

  test.each(kinds.map((kind) => [kind.name, kind] as const))("%s", (_name, kind) => expectNoneWrong(kind, CASES));
});

describe("a campaign", () => {
  const kindOf = (run: () => Promise<CaseResult>): Kind => ({
    name: "tried",
    open: async () => ({ caseOf: () => ({ words: "a change", run }), close: async () => undefined }),
  });
  const tallyOf = async (kind: Kind, only?: number) => {
    const wrong: WrongCase[] = [];
    const options = {
      seed: 1,
      kinds: [kind],
      goesOn: (done: number) => done < 2,
      onWrong: (one: WrongCase) => void wrong.push(one),
    };
    const [tally] = await runCampaign({ ...options, ...(only !== undefined && { only }) });
    return { tally, wrong };
  };

  test("counts a success that is not true, with the command that runs it alone", async () => {
    const lying = kindOf(async () => ({
      verdict: await judge(
        async () => 1,
        (value) => `it is ${value}`,
      ),
    }));
    const { tally, wrong } = await tallyOf(lying, 7);
    expect(tally).toMatchObject({ cases: 1, right: 0, wrong: 1 });
    expect(wrong).toEqual([{ kind: "tried", number: 7, words: "a change", what: "it is 1" }]);
    const [first] = wrong;
    expect(wrongText(first as WrongCase, 5)).toContain("npm run campaign -- --seed 5 --only tried --case 7");
  });

  test("counts what nobody handles, and a case that fails by itself", async () => {
    const forgetful = kindOf(async () => {
      void Promise.reject(new Error("forgotten"));
      await delay(1);
      return { verdict: { kind: "right" } };
    });
    expect((await tallyOf(forgetful)).wrong[0]?.what).toContain("forgotten");
    const failing = kindOf(() => Promise.reject(new Error("no case")));
    expect((await tallyOf(failing)).wrong[0]?.what).toContain("no case");
  });

  test("tells a kind that can't run", async () => {
    const missing: Kind = { name: "missing", open: () => Promise.reject(new Error("no server")) };
    const { tally } = await tallyOf(missing);
    expect(tableOf([tally as NonNullable<typeof tally>])).toContain("| missing | not run: no server |");
  });

  test("takes errors that are typed, and no absence of what is there", () => {
    expect(judgeError(new TypeError("x is not a function")).kind).toBe("wrong");
    expect(judgeError(new ObjectStoreError("Unavailable", "no"))).toEqual({ kind: "refused", code: "Unavailable" });
    expect(judgeError(new ObjectStoreError("NotFound", "no")).kind).toBe("wrong");
    expect(judgeError(new ObjectStoreError("NotFound", "no"), true).kind).toBe("refused");
  });
});

test("a case draws the same numbers whatever came before it", () => {
  const drawn = (number: number) => {
    const draw = new Draw(3, "kind", number);
    return [draw.integer(0, 1000), draw.fraction(), draw.one(["a", "b", "c"]), draw.chance(0.5)];
  };
  expect(drawn(4)).toEqual(drawn(4));
  expect(drawn(4)).not.toEqual(drawn(5));
});

describe("the command", () => {
  test("has a minute, a seed of its own and all kinds by default", () => {
    const { minutes, seed, kinds } = parseCommand([], ["a", "b"]);
    expect([minutes, kinds]).toEqual([1, ["a", "b"]]);
    expect(Number.isSafeInteger(seed)).toBe(true);
    const one = parseCommand(["--seed", "7", "--only", "b", "--case", "3"], ["a", "b"]);
    expect(one).toMatchObject({ seed: 7, kinds: ["b"], caseNumber: 3 });
  });

  test.each([[["--kinds", "c"]], [["--seed", "x"]], [["--case", "3"]], [["--unknown"]]])("refuses %j", (parameters) => {
    expect(() => parseCommand(parameters, ["a", "b"])).toThrow();
  });
});
