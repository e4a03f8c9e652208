import type { Readable, Writable } from "node:stream";
import type { StoreRegistry } from "@sluice/core";

/** All that a command may touch of the process it runs in. */
export interface Environment {
  readonly stdin: Readable;
  readonly stdout: Writable;
  /** Its `columns`, where it has them, limit the progress line. */
  readonly stderr: Writable & { readonly columns?: number };
  /** Whether stderr can redraw a line, so that progress is shown. */
  readonly isTerminal: boolean;
  /** Stops the command; the reason `SIGTERM` makes the exit status 143, any other 130. */
  readonly signal: AbortSignal;
  /** Where schemes are looked up. */
  readonly registry: StoreRegistry;
  /** What relative paths are relative to; absolute. */
  readonly workingFolder: string;
  /** Where launchers of ranks say who a process is. Default: the process's environment variables. */
  readonly variables?: Readonly<Record<string, string | undefined>>;
  /** Whether errors show their stack. */
  readonly isDebug: boolean;
  /** Refuses what can't be run as it was typed; called before a command begins. */
  readonly prepare?: () => Promise<void>;
}
