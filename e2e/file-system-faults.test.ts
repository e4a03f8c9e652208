import { execFile, execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readdir, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { openFsStore } from "@sluice/backend-fs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";

const CHILD = fileURLToPath(new URL("children/put-once.mjs", import.meta.url));
const run = promisify(execFile);

/** Whether a process may mount a small file system of its own here. */
const canMount = (() => {
  try {
    execFileSync("unshare", ["-rm", "mount", "-t", "tmpfs", "tmpfs", "/mnt"], { stdio: "ignore" });
    return true;
  } catch {
    return false;
  }
})();
const isRoot = process.getuid?.() === 0;

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-faults-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

async function shell(script: string, ...values: string[]): Promise<Record<string, unknown>> {
  const { stdout } = await run("sh", ["-ec", script, "sh", process.execPath, CHILD, folder, ...values]);
  return JSON.parse(stdout) as Record<string, unknown>;
}

describe("a failing file system gives a typed error and keeps nothing", () => {
  test.skipIf(!canMount)("ENOSPC", async () => {
    const script = `unshare -rm sh -ec 'mount -t tmpfs -o size=2m tmpfs "$3"; exec "$1" "$2" "$3" 8000000 -' sh "$@"`;
    expect(await shell(script)).toMatchObject({
      code: "NoSpace",
      retryable: false,
      operation: "writeChunk",
      uri: `file://${folder}/folder/object`,
      left: [],
    });
  });

  test.skipIf(!canMount)("EROFS", async () => {
    const script = `unshare -rm sh -ec 'mount -t tmpfs -o ro tmpfs "$3"; exec "$1" "$2" "$3" 10 -' sh "$@"`;
    expect(await shell(script)).toMatchObject({ code: "PermissionDenied", left: [] });
  });

  test.skipIf(!isRoot)("EACCES as another user", async () => {
    await chmod(folder, 0o755);
    expect(await shell(`exec "$1" "$2" "$3" 10 65534`)).toMatchObject({ code: "PermissionDenied", left: [] });
  });

  test.skipIf(isRoot)("EACCES", async () => {
    await chmod(folder, 0o555);
    expect(await shell(`exec "$1" "$2" "$3" 10 -`)).toMatchObject({ code: "PermissionDenied", left: [] });
  });
});

describe("within one process", () => {
  test("EMFILE is Unavailable and may be tried again", async () => {
    const script = `ulimit -n 64; exec "$1" --input-type=module -e '
      import { openSync, closeSync } from "node:fs";
      import { openFsStore } from "${new URL("../packages/backend-fs/dist/index.js", import.meta.url).href}";
      const store = openFsStore(process.argv[1]);
      await store.put("a", "warm");
      const open = [];
      try { for (;;) open.push(openSync("/dev/null")); } catch {}
      const failed = await store.put("b", "x").catch((error) => error);
      for (const fd of open) closeSync(fd);
      const { readdirSync } = await import("node:fs");
      console.log(JSON.stringify({ code: failed.code, retryable: failed.retryable, left: readdirSync(process.argv[1]) }));
    ' "$3"`;
    expect(await shell(script)).toEqual({ code: "Unavailable", retryable: true, left: ["a"] });
  });

  test("a folder that vanishes under an open writer is NotFound, and is not made again", async () => {
    const store = openFsStore(folder);
    const writer = await store.createWriter("sub/object");
    await writer.writeChunk(new Uint8Array(1_000_000));
    await rm(join(folder, "sub"), { recursive: true });
    await expect(writer.finalize()).rejects.toMatchObject({ code: "NotFound", operation: "finalize" });
    expect(await readdir(folder)).toEqual([]);
  });

  test("a name too long, or a path too long for the system, is InvalidArgument", async () => {
    const store = openFsStore(folder);
    await expect(store.put("x".repeat(256), "")).rejects.toMatchObject({ code: "InvalidArgument" });
    const deep = openFsStore(join(folder, ...Array.from({ length: 25 }, () => "d".repeat(200))));
    await expect(deep.put("x", "")).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  test("a target that is a folder is InvalidArgument, and what is in it stays", async () => {
    await mkdir(join(folder, "a"));
    const store = openFsStore(folder);
    await store.put("a/b", "kept");
    await expect(store.put("a", "x")).rejects.toMatchObject({ code: "InvalidArgument" });
    expect(await (await store.get("a/b")).text()).toBe("kept");
    expect(await readdir(folder)).toEqual(["a"]);
  });
});
