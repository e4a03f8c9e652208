import { createHash } from "node:crypto";
import { link, readFile, unlink, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { ObjectStoreError } from "../errors.js";
import { throwIfAborted } from "../signal.js";
import { nativeCode } from "./errors.js";
import { RESERVED_PREFIX } from "./local-key.js";
import { tempName } from "./temp-file.js";

/** How long a claim of a process that is alive is waited for. */
const CLAIM_TIMEOUT_MS = 30_000;
const POLL_MS = 2;

/**
 * Runs `replace` while this process alone, of all that use `ifMatch`, may replace or delete the version `etag` of a file.
 *
 * A claim is a hard link that names the version, so that only one process can make it. A dead process's claim is not
 * removed, since two contenders could each remove the other's new one: it is followed by claim 1, 2, … and the last one
 * counts. Whoever has replaced the version removes them all; a claim made after that finds another version and gives up.
 */
export async function withClaim<T>(
  folder: string,
  path: string,
  etag: string,
  signal: AbortSignal | undefined,
  replace: () => Promise<T>,
): Promise<T> {
  const digest = createHash("sha256")
    .update(`${basename(path)}\0${etag}`)
    .digest("hex")
    .slice(0, 24);
  const claimPath = (turn: number) => join(folder, `${RESERVED_PREFIX}claim-${digest}-${turn}`);
  const turn = await acquire(folder, claimPath, signal);
  try {
    return await replace();
  } finally {
    for (let earlier = 0; earlier <= turn; earlier++) await unlink(claimPath(earlier)).catch(() => undefined);
  }
}

async function acquire(
  folder: string,
  claimPath: (turn: number) => string,
  signal: AbortSignal | undefined,
): Promise<number> {
  const own = join(folder, tempName());
  await writeFile(own, `${process.pid} ${hostname()}`, { flag: "wx" });
  const deadline = performance.now() + CLAIM_TIMEOUT_MS;
  try {
    for (let turn = 0; ; ) {
      throwIfAborted(signal, "finalize");
      if (await linked(own, claimPath(turn))) return turn;
      const holder = await readFile(claimPath(turn), "utf8").catch(() => undefined);
      if (holder === undefined) turn = 0;
      else if (isDead(holder)) turn++;
      else if (performance.now() < deadline) await delay(POLL_MS);
      else throw new ObjectStoreError("Unavailable", `the version is claimed by another process (${holder})`);
    }
  } finally {
    await unlink(own).catch(() => undefined);
  }
}

async function linked(from: string, to: string): Promise<boolean> {
  try {
    await link(from, to);
    return true;
  } catch (error) {
    if (nativeCode(error) === "EEXIST") return false;
    throw error;
  }
}

/** Whether the process that made a claim is known to be gone; one of another machine never is. */
function isDead(holder: string): boolean {
  const [pid, host] = holder.split(" ");
  if (host !== hostname()) return false;
  try {
    process.kill(Number(pid), 0);
    return false;
  } catch (error) {
    return nativeCode(error) === "ESRCH";
  }
}
