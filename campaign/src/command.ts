import { tmpdir } from "node:os";
import { Readable, Writable } from "node:stream";
import { main } from "@sluice/cli";
import type { StoreRegistry } from "@sluice/core";

export interface CommandResult {
  readonly status: number;
  readonly bytes: Buffer;
  readonly stderr: string;
}

/** Runs the `sluice` command in this process. */
export async function runCommand(parameters: readonly string[], registry: StoreRegistry): Promise<CommandResult> {
  const [stdout, stderr] = [new Kept(), new Kept()];
  const status = await main(parameters, {
    stdin: Readable.from([]),
    stdout,
    stderr,
    isTerminal: false,
    isDebug: false,
    workingFolder: tmpdir(),
    signal: new AbortController().signal,
    registry,
  });
  return { status, bytes: stdout.bytes(), stderr: stderr.bytes().toString() };
}

class Kept extends Writable {
  readonly #chunks: Buffer[] = [];

  override _write(chunk: Buffer, _encoding: string, done: () => void): void {
    this.#chunks.push(Buffer.from(chunk));
    done();
  }

  bytes(): Buffer {
    return Buffer.concat(this.#chunks);
  }
}
