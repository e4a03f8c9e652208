import { Readable, Writable } from "node:stream";
import { fsBackend } from "@sluice/backend-fs";
import { memoryBackend, type StoreRegistry as Registry, StoreRegistry } from "@sluice/core";
import { main } from "../src/index.js";

export interface RunOptions {
  readonly workingFolder: string;
  readonly stdin?: string | Uint8Array | Readable;
  readonly stdout?: Writable;
  readonly isTerminal?: boolean;
  readonly isDebug?: boolean;
  readonly signal?: AbortSignal;
  readonly registry?: Registry;
  readonly variables?: Readonly<Record<string, string | undefined>>;
}

export interface RunResult {
  readonly exitCode: number;
  readonly stdout: string;
  readonly stderr: string;
  readonly bytes: Buffer;
}

/** Runs the command in this process, with streams that are captured. */
export async function run(parameters: readonly string[], options: RunOptions): Promise<RunResult> {
  const stdout = new Capture();
  const stderr = new Capture();
  const { stdin = "", isTerminal = false, isDebug = false, workingFolder } = options;
  const exitCode = await main(parameters, {
    stdin: stdin instanceof Readable ? stdin : Readable.from([Buffer.from(stdin)]),
    stdout: options.stdout ?? stdout,
    stderr,
    isTerminal,
    isDebug,
    workingFolder,
    variables: options.variables ?? {},
    signal: options.signal ?? new AbortController().signal,
    registry: options.registry ?? new StoreRegistry({ plugins: [memoryBackend(), fsBackend()], discovery: false }),
  });
  return { exitCode, stdout: stdout.text(), stderr: stderr.text(), bytes: stdout.bytes() };
}

/** As {@link run} with `--json`: the document on stdout, and nothing on stderr. */
export async function runJson(
  parameters: readonly string[],
  options: RunOptions,
): Promise<{ readonly exitCode: number; readonly value: Readonly<Record<string, unknown>> }> {
  const { exitCode, stdout, stderr } = await run([...parameters, "--json"], options);
  if (stderr !== "") throw new Error(`stderr must be empty with --json: ${stderr}`);
  return { exitCode, value: JSON.parse(stdout) };
}

class Capture extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }

  text(): string {
    return this.bytes().toString();
  }
}
