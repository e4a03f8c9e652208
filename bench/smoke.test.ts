import { expect, test } from "vitest";
import { benchmarks } from "./lib/benchmarks.mjs";

test.each(Object.entries(benchmarks))("the benchmark %s runs at its smoke size", async (_name, { run }) => {
  const { rows, table } = await run({ smoke: true, rounds: 1 });
  expect(rows.length).toBeGreaterThanOrEqual(2);
  for (const { name, gigabytesPerSecond } of rows) {
    expect(gigabytesPerSecond, name).toBeGreaterThan(0);
    expect(table).toContain(name);
  }
});
