import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, symlinkSync, writeFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import { memoryBackend, openStore, StoreRegistry } from "@sluice/core";
import { runCommand } from "../command.js";
import type { Draw } from "../draw.js";
import type { CaseResult, Kind } from "../kind.js";
import { RIGHT, type Verdict } from "../verdict.js";

/** Folders with names and files that can't be objects: `ls`, `cp -r`, `rm -r` and `measure` do all of it, or fail. */
export function oddFiles(): Kind {
  return {
    name: "odd-files",
    open: async () => {
      let bases = 0;
      return {
        caseOf: (draw) => ({ words: "files", run: () => run(draw, ++bases) }),
        close: async () => undefined,
      };
    },
  };
}

async function run(draw: Draw, number: number): Promise<CaseResult> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-campaign-"));
  try {
    const words: string[] = [];
    const files = new Map<string, string>();
    for (let left = draw.integer(1, 5); left > 0; left--) words.push(draw.one(MAKERS)(draw, folder, files));
    const step = draw.one(["ls", "cp", "rm", "cp --keep-going"] as const);
    const verdict = await judgeStep(step, folder, files, number);
    return { words: `${step} of ${words.join(", ")}`, verdict };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Maker = (draw: Draw, folder: string, files: Map<string, string>) => string;

/** Each makes one thing in the folder, and notes a regular file by its path of Latin-1 bytes. */
const MAKERS: readonly Maker[] = [
  (draw, folder, files) => makeFile(folder, draw.one(["a", "b c", "é", "-r", "%41", "d/e", "d/f g"]), files),
  (draw, folder, files) => makeFile(folder, draw.one(["a", "x", "y/z", "h\\i", "new\nline"]), files),
  (draw, folder, files) =>
    makeFile(folder, draw.one(["bad-\xff", "bad-\xc3\x28", "bad\xfe/inner", "d/\xed\xa0\x80"]), files, "latin1"),
  (draw, folder) => {
    const name = draw.one(["dead", "d-dead"]);
    attempt(() => symlinkSync("/nowhere/at/all", join(folder, name)));
    return `dead link ${name}`;
  },
  (_draw, folder) => {
    attempt(() => symlinkSync("/etc", join(folder, "out")));
    return "link that leads out";
  },
  (_draw, folder) => {
    if (!existsSync(join(folder, "pipe"))) execFileSync("mkfifo", [join(folder, "pipe")]);
    return "pipe";
  },
  (_draw, folder) => {
    attempt(() => mkdirSync(join(folder, "empty-folder")));
    return "empty folder";
  },
];

function makeFile(folder: string, name: string, files: Map<string, string>, encoding: BufferEncoding = "utf8"): string {
  const bytes = Buffer.from(name, encoding);
  const path = Buffer.concat([Buffer.from(`${folder}/`), bytes]);
  const slash = path.lastIndexOf("/");
  const key = bytes.toString("latin1");
  attempt(() => {
    mkdirSync(path.subarray(0, slash), { recursive: true });
    writeFileSync(path, `content of ${key}`);
    files.set(key, `content of ${key}`);
  });
  return `file ${JSON.stringify(key)}`;
}

/** What is there already stays as it is. */
function attempt(make: () => void): void {
  try {
    make();
  } catch (error) {
    if (!["EEXIST", "ENOTDIR", "EISDIR"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}

async function judgeStep(
  step: "ls" | "cp" | "rm" | "cp --keep-going",
  folder: string,
  files: ReadonlyMap<string, string>,
  number: number,
): Promise<Verdict> {
  const registry = new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false });
  const odd = oddThings(folder);
  const target = `memory://files-${number}/`;
  const [name = "", ...flags] = step.split(" ");
  const parameters =
    name === "cp" ? ["cp", "-r", ...flags, `${folder}/`, target] : [name, "-r", "--json", `${folder}/`];
  const { status, bytes, stderr } = await runCommand(parameters, registry);
  const said = bytes.toString() + stderr;
  if (/TypeError|ERR_| {4}at /.test(stderr)) return { kind: "wrong", what: `a fault of the command: ${stderr}` };
  if (status !== 0) return { kind: "refused", code: `status ${status}` };
  if (name === "rm") {
    const left = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => !entry.isDirectory());
    return left.length === 0 ? RIGHT : { kind: "wrong", what: `removed, and ${left.length} files are there` };
  }
  const untold = odd.filter((thing) => !said.includes(thing));
  if (untold.length > 0) return { kind: "wrong", what: `status 0 without a word of ${untold.join(", ")}` };
  if (name === "ls") {
    const missing = [...files.keys()].filter(
      (key) => !said.includes(JSON.stringify(utf8(key)).slice(1, -1)) && !said.includes(utf8(key)),
    );
    return missing.length === 0 ? RIGHT : { kind: "wrong", what: `not listed: ${JSON.stringify(missing)}` };
  }
  const copies = await openStore(target, { registry });
  for (const [key, content] of files) {
    const text = await copies.get(utf8(key)).then(
      (object) => object.text(),
      () => undefined,
    );
    if (text !== content)
      return { kind: "wrong", what: `${JSON.stringify(key)} was copied as ${JSON.stringify(text)}` };
  }
  return RIGHT;
}

function utf8(latin1: string): string {
  return Buffer.from(latin1, "latin1").toString();
}

/** Links and pipes, by the names that they have. */
function oddThings(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.isSymbolicLink() || entry.isFIFO())
    .map((entry) => entry.name);
}
