// Makes a fresh clone ready: installs what the lockfile names (skipped while it is unchanged); with --build, builds the packages too.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { pnpm } from "./pnpm.mjs";

const root = fileURLToPath(new URL("..", import.meta.url));
const stamp = `${root}/node_modules/.sluice-setup`;

const installed = createHash("sha256")
  .update(readFileSync(`${root}/pnpm-lock.yaml`))
  .update(process.version)
  .digest("hex");
if (!existsSync(stamp) || readFileSync(stamp, "utf8") !== installed) {
  pnpm("install", "--frozen-lockfile");
  writeFileSync(stamp, installed);
}
if (process.argv.includes("--build")) pnpm("run", "build");
