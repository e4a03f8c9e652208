import { openAzureStore } from "@sluice/backend-azure";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnAzure } from "../../../../scripts/servers/index.ts";
import { TestContainers } from "./containers.js";

const KEPT = [
  ["a..b", ".hidden", "~", "-rf", "CON.txt", "__proto__", "constructor", "null", ".a/.b"],
  ["%", "100%", "%2F", "a%2Fb", "%25", "a b", "a+b", "a%20b", "?", "#", "a?b=c&d#e", "a;b,c:d@e!f$g'h(i)j*k[l]"],
  ["é", "e\u0301", "鍵/キー", "😀/🎈", "\uFEFFa", "\uFFFD", " a", "a "],
];
const REFUSED = ["a.", "...", "a./b", ".", "..", "a/../b", "a\\b", "a//b", "/a", "/", "//"];
/** Names that other tools give: they are not given here, and are found. */
const FOUND = ["d/", "d/e/", "a\tb", "a\rb", "a\nb", "\u007f", "\u0085"];

describeOnAzure("names and listings", ({ connectionString }) => {
  const containers = new TestContainers(connectionString);
  let container: string;
  beforeAll(async () => {
    container = (await containers.make()).containerName;
  });
  afterAll(() => containers.removeAll());

  test("keys are kept verbatim, also below a prefix, and deleted one by one and by batch", async () => {
    const store = await openAzureStore(container, { connectionString });
    for (const keys of KEPT) {
      for (const key of keys) await store.put(key, key);
      for (const key of keys) expect(Buffer.from(await (await store.get(key)).bytes())).toEqual(Buffer.from(key));
      const listed = [];
      for await (const entry of store.list()) listed.push(entry.kind === "object" ? entry.key : entry.prefix);
      expect(listed.sort()).toEqual([...keys].sort());
      await store.delete(keys[0] as string);
      expect(await store.deleteMany(keys)).toEqual(keys.map((key) => ({ key })));
      for await (const entry of store.list()) expect.unreachable(JSON.stringify(entry));
    }
  });

  test("a key that Azure would change is refused by every method, before any request", async () => {
    const nowhere = await openAzureStore("nowhere", {
      account: "a",
      accountKey: "YQ==",
      endpoint: "http://127.0.0.1:9",
    });
    for (const key of [...REFUSED, "x/".repeat(254).concat("y"), "é".repeat(1025)]) {
      const calls = [
        () => nowhere.put(key, "x"),
        () => nowhere.get(key),
        () => nowhere.head(key),
        () => nowhere.delete(key),
        () => nowhere.copy(key, "b"),
        () => nowhere.sasUrl(key, { expiresInMs: 1000 }),
      ];
      for (const call of calls) await expect(call(), key).rejects.toMatchObject({ code: "InvalidArgument" });
    }
  });

  test("a key that another tool gave is read, copied and deleted, and given to no new object", async () => {
    const { containerName } = await containers.make();
    const native = containers.client.getContainerClient(containerName);
    const store = await openAzureStore(containerName, { connectionString });
    for (const key of FOUND) await native.getBlockBlobClient(key).upload(key, Buffer.byteLength(key));
    const listed = [];
    for await (const entry of store.list()) listed.push(entry.kind === "object" ? entry.key : entry.prefix);
    expect(listed.sort()).toEqual([...FOUND].sort());
    for (const key of FOUND) {
      await expect(store.put(key, "x"), key).rejects.toMatchObject({ code: "InvalidArgument" });
      expect(await (await store.get(key)).text()).toBe(key);
      expect(await store.head(key)).toMatchObject({ key, size: Buffer.byteLength(key) });
      await store.copy(key, "copy");
      expect(await (await store.get("copy")).text()).toBe(key);
      await store.rename("copy", key);
      expect((await fetch(await store.sasUrl(key, { expiresInMs: 60_000 }))).status).toBe(200);
    }
    await store.delete("d/", { mustExist: true });
    expect(await store.deleteMany(FOUND)).toEqual(FOUND.map((key) => ({ key })));
    for await (const entry of store.list()) expect.unreachable(JSON.stringify(entry));
  });

  test("keys of 1,024 characters and 254 segments are kept", async () => {
    const store = await openAzureStore(container, { connectionString });
    for (const key of ["鍵".repeat(1024), "x/".repeat(253).concat("y")]) {
      await store.put(key, "content");
      expect((await store.head(key)).key).toBe(key);
      await store.delete(key);
    }
  });

  test("listings are in the order of UTF-8 bytes, begin behind a key, and sum up by delimiter across pages", async () => {
    const { containerName } = await containers.make();
    const store = await openAzureStore(containerName, { connectionString });
    const keys = [
      "A",
      "a",
      "a-",
      "a/x",
      "a/y",
      "a0",
      "b/0/z",
      "b/é",
      "bb",
      "z",
      "é",
      "\uE000",
      "\uFFFD",
      "🎈",
      "😀",
      "😀/x",
    ];
    for (const key of keys.toReversed()) await store.put(key, key);
    const list = async (options: Parameters<typeof store.list>[0]) => {
      const names = [];
      for await (const entry of store.list(options)) names.push(entry.kind === "object" ? entry.key : entry.prefix);
      return names;
    };
    for (const pageSize of [1, 2, 5, 1000]) {
      expect(await list({ pageSize })).toEqual(keys);
      expect(await list({ pageSize, startAfter: "a/x" })).toEqual(keys.slice(4));
      expect(await list({ pageSize, startAfter: "a/xx" })).toEqual(keys.slice(4));
      expect(await list({ pageSize, delimiter: "/" })).toEqual([
        "A",
        "a",
        "a-",
        "a/",
        "a0",
        "b/",
        "bb",
        "z",
        "é",
        "\uE000",
        "\uFFFD",
        "🎈",
        "😀",
        "😀/",
      ]);
      expect(await list({ pageSize, startAfter: "\uE000" })).toEqual(["\uFFFD", "🎈", "😀", "😀/x"]);
      expect(await list({ pageSize, startAfter: "🎈" })).toEqual(["😀", "😀/x"]);
      expect(await list({ pageSize, prefix: "a/", startAfter: "a/x" })).toEqual(["a/y"]);
    }
    await store.deleteMany(keys);
  });
});
