import { PassThrough } from "node:stream";
import { expect, test } from "vitest";
import { Progress } from "../src/progress.js";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const CLEAR = "\r\u001b[K";

function terminalWith(columns: number) {
  const stream = Object.assign(new PassThrough(), { columns });
  const lines = () => (stream.read() ?? "").toString().split(CLEAR).slice(1);
  return { stream, lines };
}

test("the line tells share, rate and time left, and is redrawn ten times a second at most", () => {
  const { stream, lines } = terminalWith(120);
  let nowMs = 0;
  const progress = new Progress("gen", { terminal: stream, totals: { bytes: 8 << 20, objects: 4 }, now: () => nowMs });
  nowMs = 1000;
  progress.addBytes(2 << 20);
  nowMs = 1099;
  progress.addBytes(1 << 20);
  nowMs = 2000;
  progress.addObject();
  nowMs = 4000;
  progress.addBytes(5 << 20);
  progress.clear();
  progress.clear();
  expect(lines()).toEqual([
    "gen  25%  2 MiB of 8 MiB  2 MiB/s  3.0 s left  0 of 4 objects",
    "gen  37%  3 MiB of 8 MiB  1.5 MiB/s  3.3 s left  1 of 4 objects",
    "gen  100%  8 MiB of 8 MiB  2 MiB/s  0 ms left  1 of 4 objects",
    "",
  ]);
  expect(progress.elapsedMs).toBe(4000);
});

test("a line without totals, and one that is cut to the terminal's width", () => {
  let nowMs = 0;
  const wide = terminalWith(0);
  const narrow = terminalWith(20);
  for (const { stream } of [wide, narrow]) {
    nowMs = 0;
    const progress = new Progress("cp", { terminal: stream, now: () => nowMs });
    nowMs = 1000;
    progress.addBytes(3 << 20);
    nowMs = 1500;
    progress.addObject();
  }
  expect(wide.lines()).toEqual(["cp  3 MiB  3 MiB/s", "cp  3 MiB  2 MiB/s  1 object"]);
  expect(narrow.lines()[1]).toBe("cp  3 MiB  2 MiB/s ");
});

test("is shown on a terminal, taken off at the end, and not shown with --quiet, --json or elsewhere", async () => {
  const options = { workingFolder: folder.path, isTerminal: true };
  const arguments_ = ["gen", "set", "--size", "200KiB", "--seed", "1", "--overwrite"];
  const { stderr } = await run(arguments_, options);
  expect(stderr).toContain(`${CLEAR}gen  `);
  expect(stderr.endsWith(CLEAR)).toBe(true);
  for (const flag of ["--quiet", "-q", "--json"]) {
    expect(await run([...arguments_, flag], options)).toMatchObject({ exitCode: 0, stderr: "" });
  }
  expect(await run(arguments_, { workingFolder: folder.path })).toMatchObject({ exitCode: 0, stderr: "" });
});
