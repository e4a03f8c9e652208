import { execFile, execFileSync } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

/** Whether a program is installed. */
export function isInstalled(program) {
  try {
    execFileSync(program, ["--version"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
}

/** dd writing zeros directly to a new file. */
export function ddWrite(path, total, blockBytes) {
  return async () => {
    const count = Math.ceil(total / blockBytes);
    await run("dd", ["if=/dev/zero", `of=${path}`, `bs=${blockBytes}`, `count=${count}`, "oflag=direct"]);
    return count * blockBytes;
  };
}

/** fio's direct I/O on one file; its own clock counts, which leaves out its start. */
export function fioTransfer(path, total, { direction, engine, blockBytes, depth = 1 }) {
  return async () => {
    const { stdout } = await run("fio", [
      "--name=sluice",
      `--filename=${path}`,
      `--rw=${direction}`,
      `--size=${total}`,
      `--bs=${blockBytes}`,
      `--ioengine=${engine}`,
      `--iodepth=${depth}`,
      "--direct=1",
      "--output-format=json",
    ]);
    const { io_bytes: bytes, bw_bytes: bytesPerSecond } = JSON.parse(stdout).jobs[0][direction];
    return { bytes, seconds: bytes / bytesPerSecond };
  };
}
