import { constants } from "node:fs";
import { readFile, readlink } from "node:fs/promises";
import { CommandError } from "./command-error.js";

const DESCRIPTOR_PATH = /^(?:\/dev\/(?:fd|stdin)|\/proc\/self\/fd)(?:\/(\d+))?$/;

/**
 * Refuses a descriptor that was closed before the command began. Node opens /dev/null for reading and writing in its place
 * (node.cc, PlatformInit), which a shell's `</dev/null` opens for reading alone. Where the system tells no flags (no `/proc`), nothing
 * is refused.
 */
export async function refuseClosedInput(descriptor: number): Promise<void> {
  const facts = await readFile(`/proc/self/fdinfo/${descriptor}`, "utf8").catch(() => "");
  const flags = /^flags:\s*([0-7]+)$/m.exec(facts)?.[1];
  if (flags === undefined || (Number.parseInt(flags, 8) & ACCESS_MODE) !== constants.O_RDWR) return;
  if ((await readlink(`/proc/self/fd/${descriptor}`).catch(() => "")) !== "/dev/null") return;
  const remedy = "give a file, or </dev/null for an object of no bytes";
  throw new CommandError("Usage", `standard input is closed: ${remedy}`);
}

/** O_ACCMODE of fcntl.h, which Node does not name. */
const ACCESS_MODE = constants.O_RDONLY | constants.O_WRONLY | constants.O_RDWR;

/** The descriptor that a path names, such as `/dev/stdin` or `/dev/fd/0`. */
export function descriptorOf(path: string): number | undefined {
  const match = DESCRIPTOR_PATH.exec(path);
  if (match === null) return undefined;
  if (path === "/dev/stdin") return 0;
  return match[1] === undefined ? undefined : Number(match[1]);
}
