// What CI checks: `npm test`, and then what only CI checks. Ends with what failed and "N passed, N failed, N skipped".
import { spawnSync } from "node:child_process";
import { existsSync, readFileSync, rmSync } from "node:fs";
import { relative } from "node:path";
import { fileURLToPath } from "node:url";

const root = fileURLToPath(new URL("..", import.meta.url));
const results = `${root}/.cache/tests.json`;
const counts = { passed: 0, failed: 0, skipped: 0 };
const failures = [];

rmSync(results, { force: true });
const testsPassed = run("npm test", "npm", ["test"]);
countTests(testsPassed);

for (const [name, ...command] of [
  ["types", "npx", "tsc", "--noEmit"],
  ["lint and format", "npx", "biome", "ci", "."],
  ["unused code and dependencies", "npx", "knip"],
  ["packages as they are published", process.execPath, "scripts/check-packages.mjs"],
  ["the demonstration", "npm", "start"],
]) {
  const [program, ...args] = command;
  counts[run(name, program, args) ? "passed" : "failed"]++;
}

if (failures.length > 0) console.log(`\nWhat failed:\n${failures.join("\n")}`);
console.log(`${counts.passed} passed, ${counts.failed} failed, ${counts.skipped} skipped`);
process.exit(counts.failed === 0 ? 0 : 1);

function run(name, program, args) {
  console.log(`\n── ${name}`);
  const { status } = spawnSync(program, args, {
    cwd: root,
    stdio: ["ignore", "inherit", "inherit"],
    env: { ...process.env, CI: "true" },
  });
  if (status !== 0) failures.push(`✗ ${name}: exit status ${status}`);
  return status === 0;
}

/** A run that broke off before it wrote its results counts as one failure. */
function countTests(passed) {
  if (existsSync(results)) {
    const { numPassedTests, numFailedTests, numPendingTests, testResults } = JSON.parse(readFileSync(results, "utf8"));
    counts.passed += numPassedTests;
    counts.failed += numFailedTests;
    counts.skipped += numPendingTests;
    failures.push(...testResults.flatMap(failuresOf));
  }
  if (counts.passed === 0 || (!passed && counts.failed === 0)) counts.failed++;
}

/** A file's failed tests, each with the beginning of its message; of a file that could not be run, the file's own message. */
function failuresOf({ name, status, message, assertionResults }) {
  const file = relative(root, name);
  const failed = assertionResults.filter((test) => test.status === "failed");
  if (failed.length === 0 && status === "failed") return [`✗ ${file}: ${message.slice(0, 2000)}`];
  return failed.map((test) => `✗ ${file} > ${test.fullName}\n${test.failureMessages.join("\n").slice(0, 2000)}`);
}
