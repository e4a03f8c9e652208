import { readFile } from "node:fs/promises";
import { expect, test } from "vitest";
import { conformanceCases } from "../src/testing/index.js";

const ids = conformanceCases.map(({ id }) => id);

test("every clause of docs/contract.md has a case, and every case a clause, in the same order", async () => {
  const contract = await readFile(new URL("../../../docs/contract.md", import.meta.url), "utf8");
  const clauses = [...contract.matchAll(/^- \*\*([A-Z]+\d+)\*\* \S/gm)].map(([, id]) => id);
  expect(clauses).toEqual(ids);
});

test("each letter counts from 1 without a gap", () => {
  const last = new Map<string, number>();
  for (const id of ids) {
    const letter = id.slice(0, 1);
    expect(id).toBe(`${letter}${(last.get(letter) ?? 0) + 1}`);
    last.set(letter, Number(id.slice(1)));
  }
});

test("each case has a name of its own", () => {
  expect(new Set(conformanceCases.map(({ name }) => name)).size).toBe(ids.length);
});
