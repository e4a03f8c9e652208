import { execFileSync } from "node:child_process";
import { mkdir, readdir, readFile, stat, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { Readable, Writable } from "node:stream";
import { describe, expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run, runJson } from "./run.js";

const folder = useFolder();
const sluice = (...parameters: string[]) => run(parameters, { workingFolder: folder.path });
const path = (...names: string[]) => join(folder.path, ...names);

describe("put, get and cat", () => {
  test.each(["plain.bin", "a b.bin", "100%.bin", "a%20b.bin", "a#b?c.bin", "*.bin", "é😀.bin", "-x"])(
    "round-trip a file named %s",
    async (name) => {
      const content = Buffer.from(`content of ${name}\n`.repeat(1000));
      await writeFile(path(name), content);
      expect(await sluice("put", `./${name}`, "store/")).toMatchObject({ exitCode: 0, stderr: "" });
      expect((await sluice("cat", `store/${name}`)).bytes.equals(content)).toBe(true);
      expect(await sluice("get", `file://${path("store", name)}`, "back/")).toMatchObject({ exitCode: 0, stderr: "" });
      expect((await readFile(path("back", name))).equals(content)).toBe(true);
    },
  );

  test("get streams into a device or a pipe, and never takes its place", async () => {
    const content = Buffer.from("into the pipe\n".repeat(50_000));
    await writeFile(path("a.bin"), content);
    const device = await runJson(["get", "a.bin", "/dev/null"], { workingFolder: folder.path });
    expect(device).toMatchObject({ exitCode: 0, value: { path: "/dev/null", size: content.byteLength } });
    expect((await stat("/dev/null")).isCharacterDevice()).toBe(true);
    execFileSync("mkfifo", [path("pipe")]);
    const [{ exitCode }, read] = await Promise.all([sluice("get", "a.bin", "pipe"), readFile(path("pipe"))]);
    expect(exitCode).toBe(0);
    expect(read.equals(content)).toBe(true);
    expect((await stat(path("pipe"))).isFIFO()).toBe(true);
  });

  test("put tells checksum and sizes; compressed, the key gains the extension", async () => {
    await writeFile(path("a.bin"), "ab".repeat(50_000));
    const { exitCode, value } = await runJson(["put", "a.bin", "b.bin", "--zstd", "9", "--readback"], {
      workingFolder: folder.path,
    });
    expect(exitCode).toBe(0);
    expect(value).toMatchObject({
      uri: `file://${path("b.bin.zst")}`,
      size: 100_000,
      compression: { codec: "zstd", level: 9 },
      verifiedBy: "readback",
      checksum: expect.stringMatching(/^crc32c:[0-9a-f]{8}$/),
    });
    const checksum = String(value["checksum"]);
    expect((await sluice("get", "b.bin.zst", "out/", "--decode", "--checksum", checksum)).exitCode).toBe(0);
    expect(await readFile(path("out", "b.bin"), "utf8")).toBe("ab".repeat(50_000));
    expect((await sluice("put", "a.bin", "c.bin")).stdout).toContain(`: 97.7 KiB, ${checksum}, `);
  });

  test("put reads standard input, which has no name", async () => {
    const options = { workingFolder: folder.path, stdin: Readable.from([Buffer.from("a"), Buffer.from("bc")]) };
    expect((await run(["put", "-", "from-stdin"], options)).exitCode).toBe(0);
    expect(await readFile(path("from-stdin"), "utf8")).toBe("abc");
    expect(await sluice("put", "-", "folder/")).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("standard input has no name"),
    });
  });

  test("an interrupted put of a stalled standard input leaves nothing", async () => {
    const stop = new AbortController();
    const stdin = new Readable({ read: () => stop.abort("SIGINT") });
    const result = await run(["put", "-", "x"], { workingFolder: folder.path, stdin, signal: stop.signal });
    expect(result).toMatchObject({ exitCode: 130, stdout: "", stderr: "sluice: interrupted\n" });
    expect(await readdir(folder.path)).toEqual([]);
  });

  test("put into a folder without a final slash says what to do", async () => {
    await mkdir(path("folder"));
    await writeFile(path("a"), "a");
    const { exitCode, stderr } = await sluice("put", "a", "folder");
    expect({ exitCode, lines: stderr.split("\n").length }).toEqual({ exitCode: 2, lines: 2 });
    expect(stderr).toContain("end it with /");
  });

  test("--if-not-exists refuses to replace, put and get do so otherwise", async () => {
    await writeFile(path("a"), "new");
    await writeFile(path("b"), "old");
    for (const command of ["put", "get"]) {
      expect((await sluice(command, "a", "b", "--if-not-exists")).exitCode).toBe(2);
      expect(await readFile(path("b"), "utf8")).toBe("old");
    }
    expect((await sluice("put", "a", "b")).exitCode).toBe(0);
    expect(await readFile(path("b"), "utf8")).toBe("new");
  });

  test("a symbolic link names the file it leads to, also elsewhere", async () => {
    await mkdir(path("elsewhere"));
    await writeFile(path("elsewhere", "blob"), "content");
    await symlink(path("elsewhere", "blob"), path("model"));
    expect((await sluice("put", "model", "copies/")).exitCode).toBe(0);
    expect((await sluice("cat", "model")).stdout).toBe("content");
    expect((await sluice("get", "model", "back/")).exitCode).toBe(0);
    expect(await readdir(path("copies"))).toEqual(["model"]);
    expect(await readdir(path("back"))).toEqual(["model"]);
  });
});

describe("ranges", () => {
  const content = Buffer.from(Array.from({ length: 5000 }, (_, index) => index % 251));

  test("of stored and of decoded bytes", async () => {
    await writeFile(path("a"), content);
    await sluice("put", "a", "b", "--zstd");
    for (const [range, expected] of [
      ["10:20", content.subarray(10, 20)],
      ["4KiB:", content.subarray(4096)],
      [":7", content.subarray(0, 7)],
      ["-9:", content.subarray(-9)],
      ["6000:7000", Buffer.alloc(0)],
    ] as const) {
      expect((await sluice("cat", "a", "--range", range)).bytes.equals(expected)).toBe(true);
      expect((await sluice("cat", "b.zst", "--decode", "--range", range)).bytes.equals(expected)).toBe(true);
      expect((await sluice("get", "a", "part", "--range", range)).exitCode).toBe(0);
      expect((await readFile(path("part"))).equals(expected)).toBe(true);
    }
  });
});

describe("damage and absence", () => {
  test("a wrong checksum ends get with 1 and writes no file", async () => {
    await writeFile(path("a"), "content");
    const { exitCode, stderr } = await sluice("get", "a", "b", "--checksum", "crc32c:00000000");
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^sluice: .*expected crc32c:00000000, read crc32c:[0-9a-f]{8} over 7 bytes.*\n$/);
    expect(await readdir(folder.path)).toEqual(["a"]);
  });

  test("what is missing ends with 3, in one line that says where to look", async () => {
    for (const parameters of [
      ["cat", "x"],
      ["get", "x", "y"],
      ["put", "x", "y"],
      ["cp", "x", "y"],
      ["stat", "x"],
    ]) {
      const { exitCode, stderr } = await sluice(...parameters);
      expect(exitCode, parameters.join(" ")).toBe(3);
      expect(stderr).toMatch(/^sluice: .*\/x.*\n$/);
    }
  });

  test("with SLUICE_DEBUG the stack is shown, and without it never", async () => {
    expect((await sluice("cat", "x")).stderr).not.toContain("    at ");
    expect((await run(["cat", "x"], { workingFolder: folder.path, isDebug: true })).stderr).toContain("    at ");
  });
});

describe("standard output", () => {
  function failing(code: string): Writable {
    let writes = 0;
    return new Writable({
      write: (_chunk, _encoding, done) => {
        done(++writes > 1 ? Object.assign(new Error(`write ${code}`), { code }) : null);
      },
    });
  }

  test("that nobody reads any more ends cat and ls quietly", async () => {
    await writeFile(path("big"), Buffer.alloc(1 << 20));
    await writeFile(path("small"), "");
    for (const parameters of [
      ["cat", "big"],
      ["ls", "."],
      ["ls", ".", "--json"],
      ["get", "big", "-"],
    ]) {
      const options = { workingFolder: folder.path, stdout: failing("EPIPE") };
      expect(await run(parameters, options), parameters.join(" ")).toMatchObject({ exitCode: 0, stderr: "" });
    }
  });

  test("that is a full disk is an error", async () => {
    await writeFile(path("big"), Buffer.alloc(1 << 20));
    const options = { workingFolder: folder.path, stdout: failing("ENOSPC") };
    expect(await run(["cat", "big"], options)).toMatchObject({
      exitCode: 3,
      stderr: expect.stringContaining("ENOSPC"),
    });
  });

  test("that is not read any more can be interrupted", async () => {
    await writeFile(path("big"), Buffer.alloc(1 << 20));
    const stop = new AbortController();
    const stdout = new Writable({ write: () => stop.abort("SIGINT") });
    const result = await run(["cat", "big"], { workingFolder: folder.path, stdout, signal: stop.signal });
    expect(result.exitCode).toBe(130);
  });
});
