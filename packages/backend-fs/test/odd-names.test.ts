import { execFileSync } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type ListOptions, type ObjectStore, openStore, StoreRegistry, type Unlistable } from "@sluice/core";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { fsBackend, openFsStore } from "../src/index.js";

let folder: string;
let outside: string;
let server: Server | undefined;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-names-"));
  outside = await mkdtemp(join(tmpdir(), "sluice-outside-"));
  await writeFile(join(folder, "a"), "first");
  await writeFile(join(folder, "z"), "last");
});

afterEach(async () => {
  await new Promise((resolve) => (server === undefined ? resolve(undefined) : server.close(resolve)));
  server = undefined;
  await rm(folder, { recursive: true, force: true });
  await rm(outside, { recursive: true, force: true });
});

/** A path in the folder whose last bytes are given as they are. */
function rawPath(...bytes: (string | number)[]): Buffer {
  return Buffer.concat([
    Buffer.from(`${folder}/`),
    ...bytes.map((part) => (typeof part === "string" ? Buffer.from(part) : Buffer.from([part]))),
  ]);
}

async function listed(store: ObjectStore, options: ListOptions = {}) {
  const names: string[] = [];
  const others: Unlistable[] = [];
  const onUnlistable = (found: Unlistable) => others.push(found);
  for await (const entry of store.list({ onUnlistable, ...options })) {
    names.push(entry.kind === "object" ? entry.key : entry.prefix);
  }
  return { names, others };
}

async function listen(): Promise<void> {
  server = createServer();
  await new Promise<void>((resolve) => server?.listen(join(folder, "m"), resolve));
}

/** What can't be an object: how it is made, and what is told of it. */
const ODD: readonly [what: string, make: () => unknown, name: string, reason: string][] = [
  ["a byte that is no UTF-8", () => writeFile(rawPath("m", 0xff), "x"), "m\\xff", "is no UTF-8"],
  ["letters of Latin-1", () => writeFile(rawPath("caf", 0xe9, ".bin"), "x"), "caf\\xe9.bin", "is no UTF-8"],
  ["a character cut off", () => writeFile(rawPath("é\\", 0xe2, 0x82), "x"), "é\\\\\\xe2\\x82", "is no UTF-8"],
  ["a surrogate in UTF-8", () => writeFile(rawPath("m", 0xed, 0xa0, 0x80), "x"), "m\\xed\\xa0\\x80", "is no UTF-8"],
  [
    "a folder whose name is no UTF-8",
    () => mkdir(rawPath("m", 0xc0)).then(() => writeFile(rawPath("m", 0xc0, "/x"), "x")),
    "m\\xc0/",
    "is no UTF-8",
  ],
  ["a dead link", () => symlink("nowhere", join(folder, "m")), "m", "is a link that leads nowhere"],
  ["a dead link out of the root", () => symlink("/nowhere", join(folder, "m")), "m", "is a link that leads nowhere"],
  ["a link in a circle", () => symlink("m", join(folder, "m")), "m", "is a link that leads in a circle"],
  [
    "a link to a file outside",
    () => writeFile(join(outside, "x"), "x").then(() => symlink(join(outside, "x"), join(folder, "m"))),
    "m",
    "is a link that leads out of the store's folder",
  ],
  [
    "a link to a folder outside",
    () => symlink(outside, join(folder, "m")),
    "m",
    "is a link that leads out of the store's folder",
  ],
  [
    "a link to a folder within",
    () => symlink(".", join(folder, "m")),
    "m",
    "is a link to a folder, and listings do not follow such",
  ],
  ["a pipe", () => execFileSync("mkfifo", [join(folder, "m")]), "m", "is a pipe"],
  ["a socket", listen, "m", "is a socket"],
  [
    "a link to a device",
    () => symlink("/dev/null", join(folder, "m")),
    "m",
    "is a link that leads out of the store's folder",
  ],
  [
    "a reserved name that is not Sluice's",
    () => writeFile(join(folder, ".sluice-notes"), "x"),
    ".sluice-notes",
    "uses the reserved name prefix .sluice-",
  ],
  [
    "a folder with a reserved name",
    () => mkdir(join(folder, ".sluice-tmp-1-00")).then(() => writeFile(join(folder, ".sluice-tmp-1-00", "x"), "x")),
    ".sluice-tmp-1-00/",
    "uses the reserved name prefix .sluice-",
  ],
];

describe("a listing leaves nothing out in silence", () => {
  test.each(ODD)("%s is told, and stops a listing that does not ask to be told", async (_, make, name, reason) => {
    await make();
    const store = openFsStore(folder);
    expect(await listed(store)).toEqual({ names: ["a", "z"], others: [{ name, reason }] });
    expect(await listed(store, { delimiter: "/" })).toEqual({ names: ["a", "z"], others: [{ name, reason }] });
    expect(await listed(store, { delimiter: "-" })).toEqual({ names: ["a", "z"], others: [{ name, reason }] });
    const keys: string[] = [];
    const listing = (async () => {
      for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
    })();
    await expect(listing).rejects.toMatchObject({ code: "Unsupported", operation: "list", retryable: false });
    await expect(listing).rejects.toThrow(`list: "${name}" ${reason}`);
    expect(keys).toEqual([]);
  });

  test("a key above 1,024 bytes is told, and so is a folder below which there is none shorter", async () => {
    const parts = ["p".repeat(250), "q".repeat(250), "r".repeat(250), "s".repeat(250)];
    await mkdir(join(folder, ...parts), { recursive: true });
    await writeFile(join(folder, ...parts, "t".repeat(20)), "fits");
    await writeFile(join(folder, ...parts, "u".repeat(21)), "too long");
    await mkdir(join(folder, ...parts, "v".repeat(19)));
    const store = openFsStore(folder);
    const { names, others } = await listed(store);
    expect(names).toEqual(["a", [...parts, "t".repeat(20)].join("/"), "z"]);
    expect(others).toEqual([
      { name: [...parts, "u".repeat(21)].join("/"), reason: "would have a key of 1025 bytes, the limit is 1024" },
      {
        name: `${[...parts, "v".repeat(19)].join("/")}/`,
        reason: "is a folder that lies too deep: a key has at most 1024 bytes",
      },
    ]);
  });

  test("a name that truly holds U+FFFD is a key, also beside one that is no UTF-8", async () => {
    await writeFile(join(folder, "m\u{FFFD}"), "real");
    await writeFile(rawPath("m", 0xff), "x");
    const store = openFsStore(folder);
    const others = [{ name: "m\\xff", reason: "is no UTF-8" }];
    expect(await listed(store)).toEqual({ names: ["a", "m\u{FFFD}", "z"], others });
    expect(await (await store.get("m\u{FFFD}")).text()).toBe("real");
  });

  test("a folder is summed up as a prefix if it has an object, else what is in it is told", async () => {
    await mkdir(join(folder, "both"));
    await symlink("nowhere", join(folder, "both", "a"));
    await writeFile(join(folder, "both", "b"), "x");
    await mkdir(join(folder, "none", "deep"), { recursive: true });
    await symlink("nowhere", join(folder, "none", "deep", "dead"));
    await writeFile(rawPath("none/", 0xff), "x");
    expect(await listed(openFsStore(folder), { delimiter: "/" })).toEqual({
      names: ["a", "both/", "z"],
      others: [
        { name: "none/deep/dead", reason: "is a link that leads nowhere" },
        { name: "none/\\xff", reason: "is no UTF-8" },
      ],
    });
  });

  test("only what is asked for is told: below the prefix, and behind startAfter", async () => {
    await mkdir(join(folder, "d"));
    for (const name of ["d/x", "d/y", "e"]) await writeFile(rawPath(name, 0xff), "x");
    const store = openFsStore(folder);
    const told = async (options: ListOptions) => (await listed(store, options)).others.map(({ name }) => name);
    expect(await told({})).toEqual(["d/x\\xff", "d/y\\xff", "e\\xff"]);
    expect(await told({ prefix: "d/" })).toEqual(["d/x\\xff", "d/y\\xff"]);
    expect(await told({ prefix: "d/y" })).toEqual(["d/y\\xff"]);
    expect(await told({ startAfter: "d/xz" })).toEqual(["d/x\\xff", "d/y\\xff", "e\\xff"]);
    expect(await told({ startAfter: "d/x\u{10FFFF}" })).toEqual(["d/x\\xff", "d/y\\xff", "e\\xff"]);
    expect(await told({ startAfter: "d/y" })).toEqual(["d/y\\xff", "e\\xff"]);
    expect(await told({ prefix: "a" })).toEqual([]);
  });

  test("pages of any size tell each once, and the error names some and counts the others", async () => {
    for (let index = 0; index < 9; index++) {
      await writeFile(rawPath(`m${index}`, 0xff), "x");
      await writeFile(join(folder, `m${index}`), "x");
    }
    const store = openFsStore(folder);
    for (const pageSize of [1, 2, 3, 1000]) {
      const { names, others } = await listed(store, { pageSize });
      expect(names).toHaveLength(11);
      expect(others.map(({ name }) => name)).toEqual(Array.from({ length: 9 }, (_, index) => `m${index}\\xff`));
    }
    await expect(store.list()[Symbol.asyncIterator]().next()).rejects.toThrow(/"m4\\xff" is no UTF-8, 4 more;/);
  });

  test("Sluice's own temporary files stay hidden", async () => {
    for (const name of ["tmp-1-00", "claim-0123-0", "probe-7-ab"])
      await writeFile(join(folder, `.sluice-${name}`), "x");
    expect(await listed(openFsStore(folder))).toEqual({ names: ["a", "z"], others: [] });
  });

  test("a sweep removes Sluice's own temporary files and no other with a reserved name", async () => {
    await writeFile(join(folder, ".sluice-notes"), "mine");
    await writeFile(join(folder, ".sluice-tmp-1-00"), "half");
    const store = openFsStore(folder);
    expect(await store.sweepStaleUploads({ olderThanMs: 0 })).toMatchObject([{ bytes: 4 }]);
    expect(await readFile(join(folder, ".sluice-notes"), "utf8")).toBe("mine");
  });

  test("onUnlistable must be a function, and what it throws ends the listing", async () => {
    await symlink("nowhere", join(folder, "m"));
    const store = openFsStore(folder);
    const first = (options: unknown) =>
      store
        .list(options as ListOptions)
        [Symbol.asyncIterator]()
        .next();
    await expect(first({ onUnlistable: true })).rejects.toMatchObject({ code: "InvalidArgument" });
    const cause = new Error("enough");
    const onUnlistable = () => {
      throw cause;
    };
    await expect(first({ onUnlistable })).rejects.toMatchObject({ code: "Internal", cause });
  });
});

describe("an absent folder is believed only where it can be", () => {
  test("a root that was seen and is away is Unavailable for every call; one that never was is an empty store", async () => {
    const store = openFsStore(folder);
    expect((await listed(store)).names).toEqual(["a", "z"]);
    await rename(folder, join(outside, "away"));
    for (const call of [
      () => listed(store),
      () => listed(store, { prefix: "below/" }),
      () => store.head("a"),
      () => store.exists("a"),
      () => store.get("a"),
      () => store.delete("a"),
      () => store.copy("a", "b"),
      () => store.rename("a", "b"),
      () => store.sweepStaleUploads({ olderThanMs: 0 }),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "Unavailable", retryable: true });
    }
    expect(await store.deleteMany(["a"])).toMatchObject([{ key: "a", error: { code: "Unavailable" } }]);
    await rename(join(outside, "away"), folder);
    expect((await listed(store)).names).toEqual(["a", "z"]);

    const never = openFsStore(join(folder, "never"));
    expect((await listed(never)).names).toEqual([]);
    expect(await never.exists("a")).toBe(false);
    await never.delete("a");
  });

  test("a root that is a dead link holds nothing that could be told", async () => {
    await symlink(join(outside, "unmounted"), join(folder, "link"));
    const registry = new StoreRegistry({ plugins: [fsBackend()], discovery: false });
    const store = await openStore(`file://${folder}/link`, { registry });
    await expect(listed(store)).rejects.toMatchObject({ code: "NotFound" });
  });

  test("a root that is replaced while it is listed ends the listing with Unavailable", async () => {
    const store = openFsStore(folder);
    const listing = store.list({ pageSize: 1 })[Symbol.asyncIterator]();
    expect((await listing.next()).value).toMatchObject({ key: "a" });
    await rename(folder, join(outside, "away"));
    await mkdir(folder);
    const rest = (async () => {
      while ((await listing.next()).done !== true);
    })();
    await expect(rest).rejects.toMatchObject({ code: "Unavailable" });
  });

  test.skipIf(process.getuid?.() === 0)("a folder that may not be read is PermissionDenied (not as root)", async () => {
    await mkdir(join(folder, "m"));
    await chmod(join(folder, "m"), 0);
    for (const options of [{}, { delimiter: "/" }, { prefix: "m/" }]) {
      await expect(listed(openFsStore(folder), options)).rejects.toMatchObject({ code: "PermissionDenied" });
    }
    await chmod(join(folder, "m"), 0o755);
  });

  test("a prefix below a link that leads out is refused, as its keys are", async () => {
    await writeFile(join(outside, "x"), "x");
    await symlink(outside, join(folder, "m"));
    await expect(listed(openFsStore(folder), { prefix: "m/" })).rejects.toMatchObject({ code: "InvalidArgument" });
  });

  test("folders that are removed while they are listed are left out", async () => {
    for (const name of ["b", "c", "d"]) {
      await mkdir(join(folder, name));
      await writeFile(join(folder, name, "x"), "x");
    }
    const store = openFsStore(folder);
    const keys: string[] = [];
    for await (const entry of store.list({ pageSize: 1 })) {
      if (entry.kind === "object") keys.push(entry.key);
      await rm(join(folder, "c"), { recursive: true, force: true });
    }
    expect(keys).toEqual(["a", "b/x", "d/x", "z"]);
  });
});
