import { execFile } from "node:child_process";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { expect, test } from "vitest";

const packages = fileURLToPath(new URL("../packages", import.meta.url));
const here = fileURLToPath(new URL(".", import.meta.url));

/** Their examples need a server (`readme.azure.test.ts`), or are run elsewhere. */
const ELSEWHERE = ["cli", "backend-s3", "backend-azure"];

test.each((await readdir(packages)).filter((name) => !ELSEWHERE.includes(name)))(
  "the example of %s's README runs as it stands, on another folder",
  async (name) => {
    const readme = await readFile(join(packages, name, "README.md"), "utf8");
    const example = /## Use\n[^#]*?```(?:js|ts)\n([\s\S]*?)```/.exec(readme)?.[1];
    if (example === undefined) throw new Error("it has no example");
    expect(example.trim().split("\n").length).toBeLessThanOrEqual(14);
    const folder = await mkdtemp(join(tmpdir(), "sluice-readme-"));
    try {
      const code = example.replaceAll("/tmp/sluice-example", folder);
      await promisify(execFile)(process.execPath, ["--input-type=module", "-e", code], { cwd: here });
    } finally {
      await rm(folder, { recursive: true });
    }
  },
);
