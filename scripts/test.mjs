// Runs all tests with vitest; what is passed on the command line is handed on. In CI the results are kept for scripts/ci.mjs.
import { spawnSync } from "node:child_process";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const vitest = join(dirname(createRequire(import.meta.url).resolve("vitest/package.json")), "vitest.mjs");
const reporters =
  process.env.CI === "true" ? ["--reporter=default", "--reporter=json", "--outputFile=.cache/tests.json"] : [];
const { status } = spawnSync(process.execPath, [vitest, "run", ...reporters, ...process.argv.slice(2)], {
  cwd: root,
  stdio: "inherit",
});
process.exit(status ?? 1);
