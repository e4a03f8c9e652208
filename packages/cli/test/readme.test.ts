import { readFileSync } from "node:fs";
import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { encodeSafetensors } from "@sluice/checkpoint";
import { describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
const example = /## Use\n\n```sh\n([\s\S]*?)```/.exec(readme)?.[1]?.trim().split("\n") ?? [];

describe("the README's example", () => {
  test("has at most 12 lines, and one for each command", () => {
    expect(example.length).toBeLessThanOrEqual(12);
    const commands = example.map((line) => line.split(" ")[1]);
    const table = /\| command \| what it does \|\n([\s\S]*?)\n\n/.exec(readme)?.[1] ?? "";
    const documented = [...table.matchAll(/^\| `([a-z]+)/gm)].map(([, command]) => command);
    // Checkpoints have an example of their own.
    const others = documented.filter((command) => command !== "checkpoint");
    expect(commands.toSorted()).toEqual(others.toSorted());
  });

  test("of checkpoints runs, too, and has every command of the table", async () => {
    const [, text = "", table = ""] = /### Checkpoints\n\n```sh\n([\s\S]*?)```\n\n([\s\S]*?)\n## /.exec(readme) ?? [];
    const lines = text.trim().split("\n");
    const documented = [...table.matchAll(/^\| `([a-z]+)/gm)].map(([, command]) => command);
    expect(lines.map((line) => line.split(" ")[2])).toEqual(documented);
    await mkdir(join(folder.path, "model"));
    const tensors = encodeSafetensors({ weights: { data: new Float32Array(1000) } });
    await writeFile(join(folder.path, "model", "a.safetensors"), Buffer.concat([...tensors]));
    for (const line of lines) {
      const outcome = await run(line.split(" ").slice(1), { workingFolder: folder.path });
      expect(outcome, line).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  test("runs", async () => {
    await writeFile(join(folder.path, "model.bin"), "weights\n".repeat(1000));
    const elsewhere = join(folder.path, "elsewhere");
    try {
      for (const line of example) {
        const parameters = line.replaceAll("/tmp/sluice-example", elsewhere).split(" ").slice(1);
        expect(await run(parameters, { workingFolder: folder.path }), line).toMatchObject({ exitCode: 0, stderr: "" });
      }
    } finally {
      await rm(elsewhere, { recursive: true, force: true });
    }
  });
});
