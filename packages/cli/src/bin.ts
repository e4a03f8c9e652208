#!/usr/bin/env node
import { allowManyCalls } from "@sluice/core";
import { CommandRegistry } from "./command-registry.js";
import { EXIT } from "./exit-code.js";
import { main } from "./main.js";
import { refuseRawText } from "./raw-text.js";

// The SDK would tell everybody who runs this under Node 20 what only its maintainers can act on.
process.env["AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED"] ??= "true";

/** A supervisor may send a signal to the process and to its group, milliseconds apart: both are one wish. */
const SAME_WISH_MS = 200;

const stop = new AbortController();
let stoppedAtMs = 0;
allowManyCalls(stop.signal);

for (const [signal, exitCode] of [
  ["SIGINT", EXIT.interrupted],
  ["SIGTERM", EXIT.terminated],
] as const) {
  process.on(signal, () => {
    // The first one lets the command clean up, the second one does not wait for it.
    if (stop.signal.aborted && performance.now() - stoppedAtMs > SAME_WISH_MS) process.exit(exitCode);
    if (stop.signal.aborted) return;
    stoppedAtMs = performance.now();
    stop.abort(signal);
  });
}

const parameters = process.argv.slice(2);
const exitCode = await main(parameters, {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  isTerminal: process.stderr.isTTY === true,
  signal: stop.signal,
  registry: new CommandRegistry(process.cwd()),
  workingFolder: process.cwd(),
  isDebug: process.env["SLUICE_DEBUG"] === "1",
  prepare: () => refuseRawText(parameters, process.cwd()),
});

// All output has been taken by now; an idle connection or an open stdin must not keep the process.
process.exit(exitCode);
