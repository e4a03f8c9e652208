import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import {
  type BackendPlugin,
  createMemoryStore,
  defaultRegistry,
  memoryBackend,
  openObject,
  openStore,
  openWriter,
  StoreRegistry,
} from "../src/index.js";

const plugin = (name: string, ...schemes: string[]): BackendPlugin => ({
  name,
  schemes,
  base: "authority",
  open: async () => createMemoryStore(),
});

let application: string;

beforeEach(async () => {
  application = await mkdtemp(join(tmpdir(), "sluice-application-"));
});

afterEach(async () => {
  await rm(application, { recursive: true });
});

async function writePackage(name: string, source: string): Promise<void> {
  const folder = join(application, "node_modules", name);
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "package.json"), JSON.stringify({ name, type: "module", exports: "./index.js" }));
  await writeFile(join(folder, "index.js"), source);
}

const backendSource = (scheme: string) =>
  `export const createBackend = () => ({ name: "${scheme}", schemes: ["${scheme}"], base: "authority", open: async () => ({ uri: "${scheme}://opened/" }) });`;

describe("StoreRegistry", () => {
  test("finds a registered backend and lists what it has", async () => {
    const registry = new StoreRegistry({ discovery: false });
    const fake = plugin("fake", "fake", "fakes");
    registry.register(fake);
    expect(await registry.resolve("fakes")).toBe(fake);
    expect([...registry.backends().keys()]).toEqual(["memory", "fake", "fakes"]);
  });

  test("a scheme registered twice is an error, and registers none of the plugin's schemes", () => {
    const registry = new StoreRegistry({ plugins: [plugin("one", "x")], discovery: false });
    expect(() => registry.register(plugin("two", "y", "x"))).toThrow(
      expect.objectContaining({ code: "AlreadyExists", message: expect.stringContaining('"one" serves x:') }),
    );
    expect(registry.has("y")).toBe(false);
  });

  test("an unknown scheme names the package to install and the schemes that are registered", async () => {
    const registry = new StoreRegistry({ discovery: { from: application } });
    await expect(openStore("s3://bucket", { registry })).rejects.toMatchObject({
      code: "Unsupported",
      message: expect.stringMatching(/npm install @sluice\/backend-s3.*registered: memory:/),
    });
    await expect(openStore("gopher://x", { registry })).rejects.toMatchObject({ code: "Unsupported" });
  });

  test("discovers the backends that the application's package.json names", async () => {
    await writePackage("my-own-store", backendSource("own"));
    await writeFile(join(application, "package.json"), JSON.stringify({ sluice: { backends: ["my-own-store"] } }));
    const registry = new StoreRegistry({ discovery: { from: join(application, "node_modules") } });
    expect((await openStore("own://x", { registry })).uri).toBe("own://opened/");
  });

  test("discovers dependencies named by the convention, and only those", async () => {
    await writePackage("sluice-backend-one", backendSource("one"));
    await writePackage("@scope/sluice-backend-two", backendSource("two"));
    await writePackage("other", "throw new Error('must not be loaded')");
    const dependencies = { "sluice-backend-one": "1", "@scope/sluice-backend-two": "1", other: "1" };
    await writeFile(join(application, "package.json"), JSON.stringify({ dependencies }));
    const registry = new StoreRegistry({ discovery: { from: application } });
    expect((await registry.resolve("one")).name).toBe("one");
    expect((await registry.resolve("two")).name).toBe("two");
  });

  test("a backend that cannot be loaded is told, not swallowed", async () => {
    await writePackage("sluice-backend-bad", "throw new Error('no luck')");
    await writePackage("sluice-backend-empty", "export const nothing = 1;");
    const dependencies = { "sluice-backend-bad": "1", "sluice-backend-empty": "1", "sluice-backend-gone": "1" };
    await writeFile(join(application, "package.json"), JSON.stringify({ dependencies }));
    const registry = new StoreRegistry({ discovery: { from: application } });
    await expect(registry.resolve("bad")).rejects.toThrow(/no luck.*exports no createBackend.*sluice-backend-gone/);
  });

  test("the default registry is one for the process and has the memory backend", () => {
    expect(defaultRegistry()).toBe(defaultRegistry());
    expect(defaultRegistry().has("memory")).toBe(true);
  });
});

describe("openStore, openObject, openWriter", () => {
  const registry = new StoreRegistry({ plugins: [memoryBackend()], discovery: false });

  test("a store is its base alone, with or without a final slash", async () => {
    const whole = await openStore("memory://one", { registry });
    await whole.put("run-7/a", "seven");
    await whole.put("run-70/b", "seventy");
    for (const base of ["memory://one/run-7", "memory://one/run-7/"]) {
      const store = await openStore(base, { registry });
      expect(store.uri).toBe("memory://one/run-7/");
      expect(store.uriOf("a")).toBe("memory://one/run-7/a");
      const keys = [];
      for await (const entry of store.list()) if (entry.kind === "object") keys.push(entry.key);
      expect(keys).toEqual(["a"]);
      expect(await (await store.get("a")).text()).toBe("seven");
    }
  });

  test("openWriter and openObject name the key within the bucket", async () => {
    const writer = await openWriter("memory://two/deep/a b%20#?", { registry, compression: { codec: "zstd" } });
    expect(writer.uri).toBe("memory://two/deep/a b%20#?.zst");
    await writer.writeChunk(Buffer.from("content"));
    const { uri } = await writer.finalize();
    const { store, key } = await openObject(uri, { registry });
    expect(key).toBe("deep/a b%20#?.zst");
    expect(await (await store.get(key, { decode: true })).text()).toBe("content");
  });

  test("refuse a URI without a key, unknown options and backend options the backend does not have", async () => {
    await expect(openObject("memory://two/", { registry })).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(openStore("memory:///x", { registry })).rejects.toMatchObject({ code: "InvalidArgument" });
    await expect(openStore("memory://x", { registry, color: 1 } as never)).rejects.toThrow(/unknown option "color"/);
    await expect(openWriter("memory://x/y", { registry, sise: 1 } as never)).rejects.toThrow(/known: .*size/);
    await expect(openStore("memory://x", { registry, backendOptions: { color: 1 } })).rejects.toThrow(/"color"/);
    await expect(openStore("memory://x", { registry, signal: AbortSignal.abort() })).rejects.toMatchObject({
      code: "Aborted",
    });
  });
});
