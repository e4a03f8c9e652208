// Packs every package as it would be published, checks the packages with publint and attw, installs them with npm into an
// empty project and runs the README's example there, as an ES module and as CommonJS.
import { spawnSync } from "node:child_process";
import { copyFileSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { pnpm } from "./pnpm.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "sluice-packages-"));
const project = mkdtempSync(join(tmpdir(), "sluice-project-"));

try {
  pnpm("--recursive", "--filter=./packages/*", "pack", "--pack-destination", folder);
  const tarballs = readdirSync(folder).map((name) => join(folder, name));
  const packages = readdirSync(join(root, "packages"));
  if (tarballs.length !== packages.length) throw new Error(`${packages.length} packages, ${tarballs.length} packed`);
  for (const tarball of tarballs) {
    run(root, "npx", "publint", "run", "--strict", tarball);
    run(root, "npx", "attw", "--profile", "esm-only", "--no-emoji", tarball);
  }
  writeFileSync(join(project, "package.json"), JSON.stringify({ name: "project", private: true }));
  run(project, "npm", "install", "--no-audit", "--no-fund", ...tarballs);
  for (const example of ["quickstart.mjs", "quickstart.cjs"]) {
    copyFileSync(join(root, "examples", "quickstart", example), join(project, example));
    run(project, process.execPath, example);
  }
  run(project, "npx", "sluice", "--version");
  run(project, "npx", "sluice", "backends");
  const { version } = JSON.parse(readFileSync(join(project, "node_modules/@sluice/core/package.json"), "utf8"));
  console.log(`${tarballs.length} packages of version ${version} are well formed and work when installed`);
} finally {
  rmSync(folder, { recursive: true, force: true });
  rmSync(project, { recursive: true, force: true });
}

function run(cwd, program, ...args) {
  console.log(`\n$ ${[program, ...args].join(" ")}`);
  const { status } = spawnSync(program, args, { cwd, stdio: ["ignore", "inherit", "inherit"] });
  if (status !== 0) throw new Error(`${program} ended with ${status}`);
}
