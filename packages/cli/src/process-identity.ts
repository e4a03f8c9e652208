import { readFileSync, readlinkSync } from "node:fs";

/** One process of one machine since it was started; a number alone is given again, and counts in its own namespace. */
export interface ProcessIdentity {
  readonly pid: number;
  /** The boot of the machine and the namespace of process numbers, in which `pid` counts. */
  readonly scope: string;
  /** In clock ticks since the boot. */
  readonly startTicks: string;
}

/** This process; undefined where the system does not tell (it does on Linux). */
export function thisProcess(): ProcessIdentity | undefined {
  const scope = scopeOfNumbers();
  const startTicks = startOf(process.pid);
  return scope === undefined || startTicks === undefined ? undefined : { pid: process.pid, scope, startTicks };
}

/** Whether a process is known to have ended: of another machine or container nothing is known. */
export function hasEnded({ pid, scope, startTicks }: ProcessIdentity): boolean {
  return scope === scopeOfNumbers() && startOf(process.pid) !== undefined && startOf(pid) !== startTicks;
}

function scopeOfNumbers(): string | undefined {
  try {
    const boot = readFileSync("/proc/sys/kernel/random/boot_id", "utf8").trim();
    return `${boot} ${readlinkSync("/proc/self/ns/pid")}`;
  } catch {
    return undefined;
  }
}

/** Field 22 of /proc/PID/stat, counted behind the name, which may hold anything (proc_pid_stat(5)). */
function startOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
    return stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}
