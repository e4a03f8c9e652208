#!/usr/bin/env node
import { CommandRegistry } from "./command-registry.js";
import { EXIT } from "./exit-code.js";
import { main } from "./main.js";

const stop = new AbortController();

for (const [signal, exitCode] of [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", EXIT.terminated],
] as const) {
  process.on(signal, () => {
    // The first one lets the command clean up, the second one does not wait for it.
    if (stop.signal.aborted) process.exit(exitCode);
    stop.abort(signal);
  });
}

const exitCode = await main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stderr.isTTY === true,
  signal: stop.signal,
  registry: new CommandRegistry(process.cwd()),
  workingFolder: process.cwd(),
  isDebug: process.env["SLUICE_DEBUG"] === "1",
});

// All output has been taken by now; an idle connection or an open stdin must not keep the process.
process.exit(exitCode);
