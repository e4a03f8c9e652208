import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { promisify } from "node:util";
import { build } from "tsup";
import { expect, test } from "vitest";
import { gunzipCases } from "./gunzip-cases.js";
import { engineCases } from "./zstd-engine-cases.js";

/** Other versions of Node, whose zlib differs: those that SLUICE_NODES names, and `node22` and so on of PATH. */
const paths = (name: string): string[] => (process.env[name] ?? "").split(delimiter).filter((path) => path !== "");
const others = [
  ...paths("SLUICE_NODES"),
  ...paths("PATH").flatMap((folder) => [22, 24, 26].map((major) => join(folder, `node${major}`))),
].filter((path) => existsSync(path));

const isAlone = others.length === 0;
const name = `the zlib of other versions of Node passes every case${isAlone ? " (SLUICE_NODES names none)" : ""}`;
test.skipIf(isAlone)(name, { timeout: 300_000 }, async () => {
  const folder = await mkdtemp(join(tmpdir(), "sluice-decoders-"));
  try {
    await build({
      entry: { "decoder-run": join(import.meta.dirname, "decoder-run.ts") },
      outDir: folder,
      outExtension: () => ({ js: ".mjs" }),
      format: "esm",
      platform: "node",
      external: ["@node-rs/crc32"],
      config: false,
      silent: true,
    });
    const count = gunzipCases.length + engineCases.length;
    for (const node of others) {
      const { stdout } = await promisify(execFile)(node, [join(folder, "decoder-run.mjs")]);
      console.log(stdout.trim());
      expect(stdout).toContain(`${count} of ${count}`);
    }
  } finally {
    await rm(folder, { recursive: true });
  }
});
