import { type Command, CommanderError } from "commander";
import { refuseUnknownSchemes } from "./backend-options.js";
import { CommandContext } from "./context.js";
import type { Environment } from "./environment.js";
import { EXIT } from "./exit-code.js";
import { failureValue, toFailure } from "./failure.js";
import { ClosedOutputError, Output } from "./output.js";
import { createProgram } from "./program.js";
import { render } from "./render.js";

/**
 * Runs the `sluice` command with `parameters` (without the program's own name) and resolves with its exit status. It never
 * rejects, writes to the environment's streams alone, and stops when the environment's signal fires.
 */
export async function main(parameters: readonly string[], environment: Environment): Promise<number> {
  const stdout = new Output(environment.stdout);
  const stderr = new Output(environment.stderr);
  let exitCode: number = EXIT.good;
  let help = "";
  const program = createProgram(
    async (options, work) => {
      const context = new CommandContext(environment, stdout, stderr, options);
      const { isJson, signal } = context;
      try {
        await environment.prepare?.();
        if (options.backendOption !== undefined) {
          await refuseUnknownSchemes(options.backendOption, environment.registry);
        }
        const outcome = await work(context);
        context.clearProgress();
        exitCode = await render(outcome, { stdout, isJson, isQuiet: options.quiet === true, signal });
      } finally {
        context.clearProgress();
        await context.close();
      }
    },
    (text) => {
      help += text;
    },
  );
  try {
    try {
      await program.parseAsync(parameters.length === 0 ? ["--help"] : [...parameters], { from: "user" });
    } catch (error) {
      if (!isShownHelp(error)) throw error;
      await stdout.write(help);
    }
    return exitCode;
  } catch (error) {
    if (error instanceof ClosedOutputError) return EXIT.good;
    return report(error, { stdout, stderr, parameters, program, environment });
  }
}

interface ReportParts {
  readonly stdout: Output;
  readonly stderr: Output;
  readonly parameters: readonly string[];
  readonly program: Command;
  readonly environment: Environment;
}

/** Shows an error: one line on stderr, or with `--json` one document on stdout. */
async function report(error: unknown, parts: ReportParts): Promise<number> {
  const { stdout, stderr, parameters, program, environment } = parts;
  const failure = toFailure(error, environment.signal);
  const help =
    error instanceof CommanderError ? `; see ${["sluice", ...calledNames(program, parameters)].join(" ")} --help` : "";
  const message = failure.message + help;
  try {
    if (environment.isDebug && error instanceof Error) await stderr.write(`${error.stack}\n${causesOf(error)}`);
    if (asksForJson(parameters)) {
      await stdout.write(`${JSON.stringify(failureValue({ ...failure, message }), null, 2)}\n`);
    } else await stderr.write(`sluice: ${message}\n`);
  } catch {
    // Nobody is there to be told.
  }
  return failure.exitCode;
}

/** The names of the command that was called and of its subcommand, as far as they were typed. */
function calledNames(group: Command, parameters: readonly string[]): string[] {
  for (const [index, parameter] of parameters.entries()) {
    const called = group.commands.find((command) => command.name() === parameter);
    if (called !== undefined) return [parameter, ...calledNames(called, parameters.slice(index + 1, index + 2))];
  }
  return [];
}

function causesOf(error: Error): string {
  if (!(error.cause instanceof Error)) return "";
  return `caused by ${error.cause.stack}\n${causesOf(error.cause)}`;
}

/** Looked up by hand, since it also counts where the other arguments are wrong. */
function asksForJson(parameters: readonly string[]): boolean {
  const end = parameters.indexOf("--");
  return (end === -1 ? parameters : parameters.slice(0, end)).includes("--json");
}

function isShownHelp(error: unknown): boolean {
  return error instanceof CommanderError && error.exitCode === EXIT.good;
}
