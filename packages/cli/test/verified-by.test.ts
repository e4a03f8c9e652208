import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import { crc32c, createStore, resolveRange, type StoreDriver, StoreRegistry } from "@sluice/core";
import { expect, test } from "vitest";
import { useFolder } from "./folder.js";
import { run } from "./run.js";

const folder = useFolder();
const BYTES = Buffer.from("what was written, and is kept");

/** Stored bytes by key, and what the store says their checksum is. */
type Kept = Readonly<Record<string, { readonly bytes: Buffer; readonly storedChecksum?: string }>>;

/** Files, and a store of the scheme `kept:` that holds checksums. */
function registryKeeping(kept: Kept): StoreRegistry {
  const objectOf = (key: string) => {
    const { bytes, ...facts } = kept[key] as Kept[string];
    return { key, size: bytes.byteLength, etag: '"1"', lastModified: new Date(0), ...facts };
  };
  const driver: Pick<StoreDriver, "backend" | "capabilities" | "head" | "read" | "list" | "close"> = {
    backend: "kept",
    capabilities: {
      ...{ ifNotExists: true, ifMatch: true, atomicRename: true, metadata: true, anyKey: true, keyBelowKey: true },
      maxKeyBytes: 1024,
    },
    head: async (key) => objectOf(key),
    read: async (key, { range }) => {
      const object = objectOf(key);
      const { start, end } = resolveRange(range, object.size);
      const body = (async function* () {
        yield Uint8Array.from((kept[key] as Kept[string]).bytes.subarray(start, end));
      })();
      return { object, range: { start, end }, body, cancel: async () => undefined };
    },
    list: async function* () {
      yield { entries: Object.keys(kept).sort().map(objectOf) };
    },
    close: async () => undefined,
  };
  const open = async () => createStore(driver as StoreDriver, { uri: "kept://all/", prefix: "" });
  return new StoreRegistry({
    plugins: [fsBackend(), { name: "kept", schemes: ["kept"], base: "authority", open }],
    discovery: false,
  });
}

const SHA256 = "sha256:b1a0e2b7a7a5b5a2fbb1f2a25dd0bb17f4f4a1b1b7f1f6b3f0f2b2a1c5d6e7f8";
const GOOD = { bytes: BYTES, storedChecksum: crc32c(BYTES) };
const PLAIN = { bytes: BYTES };
const DAMAGED = { bytes: BYTES, storedChecksum: "crc32c:00000001" };

test.each([
  ["crc32c", GOOD],
  ["none", PLAIN],
])("get, cp and special files say by what was verified: %s", async (by, object) => {
  const workingFolder = folder.path;
  const registry = registryKeeping({ object });
  for (const args of [
    ["get", "kept://all/object", "out"],
    ["cp", "kept://all/object", "copy"],
    ["get", "kept://all/object", "/dev/null"],
  ]) {
    const asJson = await run([...args, "--json"], { workingFolder, registry });
    expect(JSON.parse(asJson.stdout)).toMatchObject({ verifiedBy: by });
    const { stdout } = await run(args, { workingFolder, registry });
    expect(stdout).toContain(by === "none" ? "not verified" : `verified by ${by}`);
  }
  const given = await run(["get", "kept://all/object", "out", "--checksum", crc32c(BYTES), "--json"], {
    workingFolder,
    registry,
  });
  expect(JSON.parse(given.stdout)).toMatchObject({ verifiedBy: "given", writeVerifiedBy: "none" });
});

test.each([
  ["another CRC-32C", DAMAGED],
  ["another SHA-256", { bytes: BYTES, storedChecksum: SHA256 }],
  ["another CRC-64", { bytes: BYTES, storedChecksum: "crc64nvme:0000000000000001" }],
  ["another MD5", { bytes: BYTES, storedChecksum: `md5:${"0".repeat(32)}` }],
])(
  "bytes of which the store keeps %s have status 1 and leave nothing, unless they are not to be verified",
  async (_, object) => {
    const workingFolder = folder.path;
    const registry = registryKeeping({ object });
    const all: readonly string[][] = [
      ["get", "kept://all/object", "out"],
      ["cp", "kept://all/object", "out"],
      ["cp", "-r", "kept://all/", "."],
      ["cat", "kept://all/object"],
      ["get", "kept://all/object", "-"],
      ["get", "kept://all/object", "/dev/null"],
    ];
    for (const args of all) {
      const refused = await run(args, { workingFolder, registry });
      expect(refused.exitCode, args.join(" ")).toBe(1);
      expect(refused.stderr).toContain("kept://all/object");
      await expect(readFile(join(workingFolder, "out"))).rejects.toMatchObject({ code: "ENOENT" });
    }
    for (const args of all) {
      expect((await run([...args, "--no-verify"], { workingFolder, registry })).exitCode, args.join(" ")).toBe(0);
    }
    expect(await readFile(join(workingFolder, "out"))).toEqual(BYTES);
  },
);

test("cp -r counts by what its sources were verified", async () => {
  const workingFolder = folder.path;
  const registry = registryKeeping({ a: GOOD, b: PLAIN, c: GOOD });
  const { stdout } = await run(["cp", "-r", "kept://all/", "to", "--json"], { workingFolder, registry });
  expect(JSON.parse(stdout)).toMatchObject({ objects: 3, verifiedBy: { crc32c: 2, none: 1 } });
  const text = await run(["cp", "-r", "kept://all/", "to"], { workingFolder, registry });
  expect(text.stdout).toContain("2 verified by crc32c, 1 not verified");
});

test("a checksum and no verification do not go together", async () => {
  const workingFolder = folder.path;
  await writeFile(join(workingFolder, "object"), BYTES);
  const args = ["get", "object", "out", "--no-verify", "--checksum", crc32c(BYTES)];
  expect((await run(args, { workingFolder })).exitCode).toBe(2);
});
