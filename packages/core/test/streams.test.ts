import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { expect, test } from "vitest";
import { createMemoryStore, toWebWritable, toWritable } from "../src/index.js";

test("a Node stream piped into a writer becomes the object", async () => {
  const store = createMemoryStore();
  const writer = await store.createWriter("key");
  await pipeline(Readable.from([Buffer.from("one "), Buffer.from("two")]), toWritable(writer));
  expect(await writer.finalize()).toMatchObject({ size: 7, key: "key" });
  expect(await (await store.get("key")).text()).toBe("one two");
});

test("a Node stream that fails leaves no object", async () => {
  const store = createMemoryStore();
  const writer = await store.createWriter("key");
  const source = Readable.from(
    (function* () {
      yield Buffer.from("one");
      throw new Error("source broke");
    })(),
  );
  await expect(pipeline(source, toWritable(writer))).rejects.toThrow("source broke");
  await writer.cancel();
  expect(writer.state).toBe("cancelled");
  expect(await store.exists("key")).toBe(false);
});

test("a web stream piped into a writer becomes the object, an aborted one does not", async () => {
  const store = createMemoryStore();
  const writer = await store.createWriter("key");
  await new Blob(["one ", "two"]).stream().pipeTo(toWebWritable(writer));
  expect(await (await store.get("key")).text()).toBe("one two");
  const aborted = await store.createWriter("other");
  await toWebWritable(aborted).abort("enough");
  expect(aborted.state).toBe("cancelled");
});

test("objects are read as Node and as web streams, once", async () => {
  const store = createMemoryStore();
  await store.put("key", "content");
  const chunks = await (await store.get("key")).toReadable().toArray();
  expect(Buffer.concat(chunks).toString()).toBe("content");
  expect(await new Response((await store.get("key")).toWebReadable()).text()).toBe("content");
  const object = await store.get("key");
  await object.text();
  await expect(object.text()).rejects.toMatchObject({ code: "InvalidState" });
  await expect(object.bytes()).rejects.toMatchObject({ code: "InvalidState" });
});
