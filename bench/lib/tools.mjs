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
function fioTransfer(path, total, { direction, engine, blockBytes, depth = 1 }) {
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

/** fio filling its buffer anew for every 64 KiB that it writes to nowhere. */
export function fioRefill(total) {
  return async () => {
    const { stdout } = await run("fio", [
      ...["--name=sluice", "--ioengine=null", "--rw=write", "--bs=64k", `--size=${total}`, "--refill_buffers"],
      "--output-format=json",
    ]);
    const { io_bytes: bytes, bw_bytes: bytesPerSecond } = JSON.parse(stdout).jobs[0].write;
    return { bytes, seconds: bytes / bytesPerSecond };
  };
}

/** The one that others are compared with. */
export const FIO = "fio psync 4 MiB";

/** fio with the sizes and engines that matter. */
export function fioCandidates(path, total, direction) {
  const candidate = (name, engine, blockBytes, depth) => ({
    name,
    run: fioTransfer(path, total, { direction, engine, blockBytes, depth }),
  });
  return [
    candidate("fio psync 64 KiB", "psync", 64 << 10),
    candidate("fio psync 1 MiB", "psync", 1 << 20),
    candidate(FIO, "psync", 4 << 20),
    candidate("fio psync 16 MiB", "psync", 16 << 20),
    candidate("fio libaio 1 MiB, 4 in flight", "libaio", 1 << 20, 4),
  ];
}
