// Runs the benchmarks and writes docs/benchmarks.md. Arguments: names of benchmarks (default: all), --smoke, --rounds N, --print.
import { execFileSync } from "node:child_process";
import { writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { benchmarks } from "./lib/benchmarks.mjs";

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { smoke: { type: "boolean" }, print: { type: "boolean" }, rounds: { type: "string", default: "5" } },
});
const chosen = positionals.length === 0 ? Object.keys(benchmarks) : positionals;
const unknown = chosen.filter((name) => !(name in benchmarks));
if (unknown.length > 0) {
  console.error(`unknown benchmark ${unknown.join(", ")} (known: ${Object.keys(benchmarks).join(", ")})`);
  process.exit(2);
}

const sections = [];
for (const name of chosen) {
  const { title, question, run } = benchmarks[name];
  const { table } = await run({ smoke: values.smoke === true, rounds: Number(values.rounds) });
  console.log(`\n${title}: ${question}\n\n${table}`);
  sections.push(`## ${title}\n\n${question}\n\n${table}\n`);
}
if (chosen.length === Object.keys(benchmarks).length && !values.smoke && !values.print) {
  const page = fileURLToPath(new URL("../docs/benchmarks.md", import.meta.url));
  writeFileSync(page, render(sections));
  console.log(`\nwritten to ${page}`);
}

function render(tables) {
  const commit = execFileSync("git", ["rev-parse", "--short", "HEAD"], { encoding: "utf8" }).trim();
  const machine = `${cpus()[0].model.trim()}, ${cpus().length} processors, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.versions.node}`;
  const [date] = new Date().toISOString().split("T");
  return `# Benchmarks

Written by \`npm run bench\`. Medians of ${values.rounds} rounds; in a round all candidates run one after the other, so that the ratios
hold even where the absolute rates do not. GB are 10^9 bytes.

${machine} · ${process.platform} ${process.arch} · ${date} · commit ${commit}

${tables.join("\n")}`;
}
