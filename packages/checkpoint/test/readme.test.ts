import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import * as checkpoint from "../src/index.js";

const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const example = /```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? "";
const AsyncFunction = (async () => {}).constructor as new (...text: string[]) => (modules: object) => Promise<void>;

describe("the README's example", () => {
  it("has at most 12 lines", () => {
    const lines = example.split("\n").filter((line) => line.trim() !== "");
    expect(lines.length).toBeGreaterThan(0);
    expect(lines.length).toBeLessThanOrEqual(12);
  });

  it("runs", async () => {
    const body = example.replaceAll(/import (\{.*\}) from (".*");/g, "const $1 = modules[$2];");
    await new AsyncFunction("modules", body)({ "@sluice/checkpoint": checkpoint });
  });
});
