import { once } from "node:events";
import { setImmediate as nextTurn } from "node:timers/promises";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

/** The next process warning of a dropped writer; garbage is collected until there is one. */
export async function nextDropWarning(): Promise<Error> {
  let warning: Error | undefined;
  void once(process, "warning").then(([value]) => {
    warning = value as Error;
  });
  while (warning === undefined) {
    collect();
    await nextTurn();
  }
  return warning;
}

/** Collects all garbage, and lets whoever waits for that run. */
export async function collectGarbage(): Promise<void> {
  for (let turn = 0; turn < 20; turn++) {
    collect();
    await nextTurn();
  }
}
