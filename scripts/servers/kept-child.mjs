// @ts-check
import { spawn } from "node:child_process";
import { once } from "node:events";

/** How long a server may take until it answers; a cold cache on a loaded machine is slow. */
const START_TIMEOUT_MS = 120_000;

/**
 * Starts a child that serves until its standard input ends, in a session of its own, so that a Ctrl-C at the terminal reaches
 * only the starter. It stops by `stop`, and also when this process ends in whatever way, for that ends the pipe.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {RegExp} ready what it prints when it answers
 * @returns {Promise<{ readonly match: RegExpExecArray, readonly stop: () => Promise<void> }>} rejects with what it printed, where it ends first
 */
export async function startKeptChild(command, args, ready) {
  const child = spawn(command, args, { detached: true, stdio: ["pipe", "pipe", "pipe"] });
  const ended = once(child, "close").catch(() => undefined);
  const stop = async () => {
    child.ref();
    child.stdin.destroy();
    await ended;
  };
  let output = "";
  /** @type {RegExpExecArray | undefined} */
  let match;
  const timeout = setTimeout(() => child.stdin.destroy(), START_TIMEOUT_MS);
  try {
    match = await new Promise((resolve, reject) => {
      /** @param {Buffer} text */
      const look = (text) => {
        if (match !== undefined) return;
        output += text;
        match = ready.exec(output) ?? undefined;
        if (match !== undefined) resolve(match);
      };
      child.stdout.on("data", look);
      child.stderr.on("data", look);
      child.stdin.on("error", () => undefined); // it ended by itself: "close" says so
      child.once("error", reject);
      child.once("close", (status) => reject(new Error(output.trim() || `ended with status ${status}`)));
    });
  } finally {
    clearTimeout(timeout);
  }
  // Nobody waits for the child but `stop`.
  child.unref();
  for (const pipe of [child.stdin, child.stdout, child.stderr]) /** @type {import("node:net").Socket} */ (pipe).unref();
  return { match: /** @type {RegExpExecArray} */ (match), stop };
}
