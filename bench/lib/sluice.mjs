import { tmpdir } from "node:os";
import { Readable, Writable } from "node:stream";
import { fsBackend } from "@sluice/backend-fs";
import { main } from "@sluice/cli";
import { StoreRegistry } from "@sluice/core";

/** Runs the command in this process, on local folders and without a word; throws where it fails. */
export async function sluice(...parameters) {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() });
  let said = "";
  const stderr = new Writable({
    write: (chunk, _encoding, done) => {
      said += chunk;
      done();
    },
  });
  const exitCode = await main(parameters, {
    stdin: Readable.from([]),
    stdout: silent,
    stderr,
    isTerminal: false,
    signal: new AbortController().signal,
    registry: new StoreRegistry({ plugins: [fsBackend()] }),
    workingFolder: tmpdir(),
    isDebug: false,
  });
  if (exitCode !== 0) throw new Error(`sluice ${parameters.join(" ")} ended with ${exitCode}: ${said}`);
}
