import { execFileSync } from "node:child_process";
import {
  link,
  lstat,
  mkdir,
  mkdtemp,
  open,
  readdir,
  readFile,
  readlink,
  rm,
  stat,
  symlink,
  utimes,
  writeFile,
} from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openObject, openStore, StoreRegistry } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { createBackend, fsBackend, openFsStore } from "../src/index.js";

let folder: string;
let outside: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-fs-"));
  outside = await mkdtemp(join(tmpdir(), "sluice-outside-"));
});

afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
  await rm(outside, { recursive: true, force: true });
});

describe("file: URIs", () => {
  const registry = new StoreRegistry({ plugins: [fsBackend()], discovery: false });

  test("open an object's folder and name it verbatim", async () => {
    const { store, key } = await openObject(`file://${folder}/a b%20#?.bin`, { registry });
    expect(store.uri).toBe(`file://${folder}/`);
    await store.put(key, "content");
    expect(await readdir(folder)).toEqual(["a b%20#?.bin"]);
  });

  test("need three slashes, and take only the backend's own options", async () => {
    await expect(openStore("file://data/key", { registry })).rejects.toThrow("file:///data/key");
    const backendOptions = { durability: "sometimes" };
    await expect(openStore(`file://${folder}`, { registry, backendOptions })).rejects.toThrow(/"fsync" or "none"/);
    await expect(openStore(`file://${folder}`, { registry, backendOptions: { sync: true } })).rejects.toThrow(
      /unknown option "sync" \(known: durability\)/,
    );
  });

  test("discovery and registration give the same backend", () => {
    expect(createBackend().schemes).toEqual(["file"]);
    expect(() => registry.register(createBackend())).toThrow(expect.objectContaining({ code: "AlreadyExists" }));
  });

  test("a relative folder is refused", () => {
    for (const path of ["data", "./data", "", undefined]) {
      expect(() => openFsStore(path as string)).toThrow(expect.objectContaining({ code: "InvalidArgument" }));
    }
  });
});

describe("symbolic links", () => {
  test("never lead out of the root: not to a file, not to a folder, not by a write or a delete", async () => {
    await writeFile(join(outside, "secret"), "secret");
    await symlink(join(outside, "secret"), join(folder, "file"));
    await symlink(outside, join(folder, "folder"));
    const store = openFsStore(folder);
    for (const call of [
      () => store.get("file"),
      () => store.head("file"),
      () => store.get("folder/secret"),
      () => store.put("folder/new", "x"),
      () => store.put("folder/deep/new", "x"),
      () => store.delete("folder/secret"),
      () => store.copy("folder/secret", "copy"),
      () => store.rename("folder/secret", "copy"),
      () => store.rename("file", "folder/renamed"),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "InvalidArgument" });
    }
    const keys: unknown[] = [];
    const others: unknown[] = [];
    for await (const entry of store.list({ onUnlistable: (found) => others.push(found) })) keys.push(entry);
    expect(keys).toEqual([]);
    const reason = "is a link that leads out of the store's folder";
    expect(others).toEqual([
      { name: "file", reason },
      { name: "folder", reason },
    ]);
    expect(await readdir(outside)).toEqual(["secret"]);
    expect(await readFile(join(outside, "secret"), "utf8")).toBe("secret");
  });

  test("a put replaces a link itself, never what it points to", async () => {
    await writeFile(join(outside, "target"), "old");
    await symlink(join(outside, "target"), join(folder, "link"));
    const store = openFsStore(folder);
    await store.put("link", "new");
    expect((await lstat(join(folder, "link"))).isSymbolicLink()).toBe(false);
    expect(await readFile(join(outside, "target"), "utf8")).toBe("old");
  });

  test("within the root they are followed, and the root may be one", async () => {
    await symlink(folder, join(outside, "root"));
    await mkdir(join(folder, "blobs"));
    await writeFile(join(folder, "blobs", "b"), "blob");
    await symlink(join("blobs", "b"), join(folder, "a"));
    const store = openFsStore(join(outside, "root"));
    expect(await (await store.get("a")).text()).toBe("blob");
    const keys = [];
    for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
    expect(keys).toEqual(["a", "blobs/b"]);
  });
});

describe("files", () => {
  test("temporary files are hidden, reserved and swept when they are old enough", async () => {
    const store = openFsStore(folder);
    const stale = join(folder, "sub", ".sluice-tmp-1-00");
    await mkdir(join(folder, "sub"));
    await writeFile(stale, "half");
    await utimes(stale, 1, 1);
    const writer = await store.createWriter("open");
    await expect(store.put(".sluice-x", "")).rejects.toMatchObject({ code: "InvalidArgument" });
    expect(await store.sweepStaleUploads({ dryRun: true })).toMatchObject([{ name: stale, bytes: 4 }]);
    expect(await store.sweepStaleUploads()).toHaveLength(1);
    expect(await store.sweepStaleUploads()).toEqual([]);
    expect((await readdir(folder)).filter((name) => name === "sub")).toEqual([]);
    await writer.finalize();
    expect(await readdir(folder)).toEqual(["open"]);
  });

  test("an etag changes with every version, also of the same size within one tick of the clock", async () => {
    const store = openFsStore(folder, { durability: "none" });
    const etags = new Set<string | undefined>();
    for (let version = 0; version < 300; version++) etags.add((await store.put("key", "same")).etag);
    expect(etags.size).toBe(300);
    expect(etags.has((await store.head("key")).etag)).toBe(true);
  });

  test("a claim of a dead process does not stop the next one, and the sweep removes it", async () => {
    const store = openFsStore(folder);
    const { etag } = await store.put("key", "old");
    const claims = [];
    const writer = await store.createWriter("key", { ifMatch: etag as string });
    // What a process that died between claim and rename leaves: found by making one and looking at its name.
    const { createHash } = await import("node:crypto");
    const { hostname } = await import("node:os");
    const digest = createHash("sha256").update(`key\0${etag}`).digest("hex").slice(0, 24);
    for (const turn of [0, 1]) {
      claims.push(join(folder, `.sluice-claim-${digest}-${turn}`));
      await writeFile(claims[turn] as string, `999999999 ${hostname()}`);
    }
    await writer.writeChunk(Buffer.from("new"));
    await writer.finalize();
    expect(await readdir(folder)).toEqual(["key"]);
    expect(await readFile(join(folder, "key"), "utf8")).toBe("new");
  });

  test("a pipe or a device is neither replaced nor deleted", async () => {
    execFileSync("mkfifo", [join(folder, "pipe")]);
    const store = openFsStore(folder);
    await store.put("object", "content");
    const refused = { code: "InvalidArgument", message: expect.stringContaining("pipe") };
    await expect(store.put("pipe", "content")).rejects.toMatchObject(refused);
    await expect(store.createWriter("pipe")).rejects.toMatchObject(refused);
    await expect(store.copy("object", "pipe")).rejects.toMatchObject(refused);
    await expect(store.rename("object", "pipe")).rejects.toMatchObject(refused);
    await expect(store.delete("pipe")).rejects.toMatchObject(refused);
    expect((await lstat(join(folder, "pipe"))).isFIFO()).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(["object", "pipe"]);
  });

  test.each([
    ["a pipe", "pipe", "pipe"],
    ["a link to a pipe", "other", "pipe"],
    ["a device", "/dev/null", "device"],
    ["a link to a device in two steps", "second", "device"],
    ["standard output, which is a file", "/dev/stdout", "device|descriptor"],
    ["a descriptor of this process", "own", "descriptor"],
    ["a link to a descriptor of this process", "ownlink", "descriptor"],
  ])("a link to %s is not replaced", async (_name, target, text) => {
    const handle = await open(join(outside, "opened"), "w");
    execFileSync("mkfifo", [join(folder, "pipe")]);
    await symlink("pipe", join(folder, "other"));
    await symlink("/dev/zero", join(folder, "second"));
    await symlink(`/proc/self/fd/${handle.fd}`, join(folder, "ownlink"));
    const leads = target === "own" ? `/dev/fd/${handle.fd}` : target;
    await symlink(leads, join(folder, "link"));
    const store = openFsStore(folder);
    await store.put("object", "content");
    const refused = { code: "InvalidArgument", message: expect.stringMatching(text) };
    await expect(store.put("link", "content")).rejects.toMatchObject(refused);
    await expect(store.createWriter("link")).rejects.toMatchObject(refused);
    await expect(store.copy("object", "link")).rejects.toMatchObject(refused);
    await expect(store.rename("object", "link")).rejects.toMatchObject(refused);
    expect(await readlink(join(folder, "link"))).toBe(leads);
    expect((await readdir(folder)).sort()).toEqual(["link", "object", "other", "ownlink", "pipe", "second"]);
    await store.delete("link");
    expect(await readdir(folder)).not.toContain("link");
    await handle.close();
  });

  test("a delete takes empty folders away, a folder is no object", async () => {
    const store = openFsStore(folder);
    await store.put("a/b/c", "x");
    expect(await store.exists("a/b")).toBe(false);
    await store.delete("a/b");
    await store.delete("a/b/c");
    expect(await readdir(folder)).toEqual([]);
    expect((await stat(folder)).isDirectory()).toBe(true);
  });

  test("writers, copiers and deleters in one folder that comes and goes do not get in each other's way", async () => {
    for (const durability of ["fsync", "none"] as const) {
      const store = openFsStore(folder, { durability });
      await store.put("source", "x");
      const work = async (name: string) => {
        for (let round = 0; round < 40; round++) {
          await store.put(`a/b/c/${name}`, "content");
          await store.copy("source", `a/b/${name}-copy`);
          await store.rename(`a/b/${name}-copy`, `a/b/c/d/${name}`);
          await store.delete(`a/b/c/${name}`, { mustExist: true });
          await store.delete(`a/b/c/d/${name}`, { mustExist: true });
        }
      };
      await Promise.all(["one", "two", "three", "four"].map(work));
      expect(await readdir(folder)).toEqual(["source"]);
    }
  });

  test("a file that another program changes in place while it is read is no whole object", async () => {
    const path = join(folder, "key");
    await writeFile(path, new Uint8Array(2_000_000));
    const object = await openFsStore(folder).get("key");
    await link(path, join(folder, "other"));
    await utimes(path, 1, 1);
    await expect(object.bytes()).rejects.toMatchObject({ code: "PreconditionFailed" });
  });

  test("an object opened and not read releases its file", async () => {
    const store = openFsStore(folder);
    await store.put("key", new Uint8Array(1_000_000));
    const openFiles = async () => (await readdir("/proc/self/fd")).length;
    const before = await openFiles();
    for (let round = 0; round < 20; round++) {
      await (await store.get("key")).cancel();
      for await (const _ of await store.get("key")) break;
      await store.getRange("key", { start: 0, end: 10 });
    }
    expect(await openFiles()).toBeLessThanOrEqual(before + 1);
  });
});
