import { Command } from "commander";
import { addBackends } from "./commands/backends.js";
import { addMb, addRb } from "./commands/buckets.js";
import { addCat } from "./commands/cat.js";
import { addCheckpoint } from "./commands/checkpoint/checkpoint.js";
import { addCp } from "./commands/cp.js";
import { addGen } from "./commands/gen.js";
import { addGet } from "./commands/get.js";
import { addLs } from "./commands/ls.js";
import { addMeasure } from "./commands/measure.js";
import { addPut } from "./commands/put.js";
import { addRm } from "./commands/rm.js";
import { addStat } from "./commands/stat.js";
import { addSweep } from "./commands/sweep.js";
import { addVerify } from "./commands/verify.js";
import type { CommonOptions } from "./common-options.js";
import type { CommandContext } from "./context.js";
import { EXIT_CODES_HELP } from "./exit-code.js";
import type { Outcome } from "./outcome.js";
import { packageVersion } from "./version.js";

/** Runs the work of the command that was called. */
export type RunCommand = (options: CommonOptions, work: (context: CommandContext) => Promise<Outcome>) => Promise<void>;

const COMMANDS = [
  addGen,
  addVerify,
  addMeasure,
  addPut,
  addGet,
  addCat,
  addCp,
  addLs,
  addStat,
  addRm,
  addMb,
  addRb,
  addCheckpoint,
  addBackends,
  addSweep,
];

/** The command line: it never ends the process, and help goes to `writeHelp`. */
export function createProgram(run: RunCommand, writeHelp: (text: string) => void): Command {
  const program = new Command("sluice")
    .description("Generate, verify, copy and inspect large objects on any store.")
    .version(packageVersion(), "--version")
    .exitOverride()
    .configureOutput({ writeOut: writeHelp, writeErr: () => undefined })
    .addHelpText("afterAll", EXIT_CODES_HELP);
  for (const add of COMMANDS) add(program, run);
  return program;
}
