import { expect, test } from "vitest";
import {
  type ConformanceCase,
  conformanceCases,
  planConformance,
  runConformance,
  runConformanceCase,
  SeededRandom,
} from "../src/testing/index.js";
import { memoryHarness } from "./testing-memory-harness.js";

const harness = memoryHarness();
const capabilities = (await harness.createStore()).capabilities;

function aCase(run: ConformanceCase["run"]): ConformanceCase {
  return { id: "T1", name: "a case", needs: [], run };
}

test("a case that can't run is planned as a skip with the reason", () => {
  const planned = planConformance(
    { partBytes: 1, createStore: harness.createStore, skip: { R1: "no empty objects" } },
    { ...capabilities, ifMatch: false },
  );
  expect(planned.length).toBe(conformanceCases.length);
  const reasonOf = (id: string) =>
    planned.map((plan) => (plan.case.id === id && "skip" in plan ? plan.skip : "")).join("");
  expect(reasonOf("R1")).toBe("no empty objects");
  expect(reasonOf("C8")).toBe("the store has no ifMatch");
  expect(reasonOf("C6")).toBe("the store has ifNotExists");
  expect(reasonOf("W24")).toBe("the harness has no leftovers");
  expect(reasonOf("R2")).toBe("");
});

test("skipping an id that no case has is refused", () => {
  expect(() => planConformance({ ...harness, skip: { W999: "gone" } }, capabilities)).toThrow(/W999/);
});

test("every case is either handed to test or to skip, and counted when it has run", async () => {
  const runs: (() => Promise<void>)[] = [];
  const skipped: string[] = [];
  const counts = await runConformance(harness, {
    test: (_name, run) => runs.push(run),
    skip: (name, reason) => skipped.push(`${name} [${reason}]`),
  });
  expect(runs.length + skipped.length).toBe(conformanceCases.length);
  expect(counts).toEqual({ planned: runs.length, skipped: skipped.length, executed: 0, passed: 0 });
  await runs[0]?.();
  expect(counts).toMatchObject({ executed: 1, passed: 1 });
});

test("a case that fails names itself and the seed, and is cleaned up; the clean-up does not hide it", async () => {
  const cleaned: unknown[] = [];
  const cleanUp = async (store: unknown) => {
    cleaned.push(store);
    throw new Error("the clean-up failed");
  };
  const failing = aCase(async ({ createStore }) => {
    await createStore();
    throw new Error("the promise was broken");
  });
  const running = runConformanceCase(failing, { ...harness, cleanUp, seed: 42 });
  await expect(running).rejects.toThrow("T1 a case (seed 42): the promise was broken");
  expect(cleaned.length).toBe(2);
});

test("a clean-up that fails fails a case that did not", async () => {
  const cleanUp = () => Promise.reject(new Error("the clean-up failed"));
  await expect(
    runConformanceCase(
      aCase(async () => undefined),
      { ...harness, cleanUp },
    ),
  ).rejects.toThrow("clean-up");
});

test("a case that leaves something behind fails", async () => {
  const leaving = aCase(async ({ store }) => {
    await store.createWriter("open");
  });
  await expect(runConformanceCase(leaving, harness)).rejects.toThrow("left behind");
});

test("data is fixed by the seed, and differs between seeds", () => {
  const bytesOf = (seed: number) => Buffer.from(new SeededRandom(seed).bytes(101)).toString("hex");
  expect(bytesOf(7)).toBe(bytesOf(7));
  expect(new Set([0, 1, 2, 3].map(bytesOf)).size).toBe(4);
});
