import { execFile } from "node:child_process";
import { readFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const run = promisify(execFile);
const path = (name: string) => fileURLToPath(new URL(name, import.meta.url));

test.each(["quickstart/quickstart.mjs", "quickstart/quickstart.cjs"])("%s does what it says", async (name) => {
  const { stdout } = await run(process.execPath, [path(name)]);
  expect(stdout).toMatch(/a\.bin\.zst: \d+ bytes stored as \d+, crc32c:[0-9a-f]{8}\n/);
  expect(stdout).toMatch(/generated 67108864 bytes, verified\n$/);
});

test("checkpoint/checkpoint.mjs does what it says", async () => {
  const { stdout } = await run(process.execPath, [path("checkpoint/checkpoint.mjs")]);
  expect(stdout).toMatch(
    /^manifests\/ckpt-100-.*\.json: rank 1 is shards\/.*\/rank-1-[0-9a-f]{16}\.bin, 9890 bytes, crc32c:[0-9a-f]{8}\n/,
  );
  expect(stdout).toMatch(/\nstep 100: 9890 bytes of rank 1, tensor w \[2,2\] is 1,2,3,4\n$/);
});

test("the README shows the quickstart as it is", async () => {
  const readme = await readFile(path("../README.md"), "utf8");
  expect(readme).toContain(await readFile(path("quickstart/quickstart.mjs"), "utf8"));
});

test("an example has at most 40 lines", async () => {
  for (const name of ["quickstart/quickstart.mjs", "quickstart/quickstart.cjs", "checkpoint/checkpoint.mjs"]) {
    expect((await readFile(path(name), "utf8")).split("\n").length, name).toBeLessThanOrEqual(41);
  }
});
