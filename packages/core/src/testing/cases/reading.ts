import assert from "node:assert/strict";
import type { StoredObject } from "../../store.js";
import { expectBytes, expectError, expectObject } from "../assertions.js";
import { readCalls } from "../calls.js";
import type { ConformanceCase } from "../conformance-case.js";
import { joined } from "../sources.js";

/** R11 to R20: the forms in which an object can be read. */
export const readingCases: readonly ConformanceCase[] = [
  {
    id: "R11",
    name: "reading a missing object is NotFound, and exists says false",
    needs: [],
    run: async ({ store }) => {
      await store.put("other", "x");
      for (const { method, call } of readCalls(store, "missing")) {
        if (method === "exists") assert.equal(await call(), false);
        else await expectError("NotFound", method, call);
      }
    },
  },
  {
    id: "R12",
    name: "text decodes UTF-8 across the borders of chunks",
    needs: [],
    run: async ({ store, partBytes }) => {
      const text = "añ→😀".repeat(Math.ceil((partBytes + 1) / 10));
      await store.put("text", text);
      assert.ok((await (await store.get("text")).text()) === text, "the text differs");
    },
  },
  {
    id: "R13",
    name: "toReadable delivers the object as a Node stream",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      await store.put("object", bytes);
      expectBytes(await joined((await store.get("object")).toReadable()), bytes, "toReadable");
    },
  },
  {
    id: "R14",
    name: "toWebReadable delivers the object as a web stream",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 1);
      await store.put("object", bytes);
      const stream = (await store.get("object")).toWebReadable();
      expectBytes(new Uint8Array(await new Response(stream).arrayBuffer()), bytes, "toWebReadable");
    },
  },
  {
    id: "R15",
    name: "an object opened once is read once",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "content");
      const object = await store.get("object");
      assert.equal(await object.text(), "content");
      await expectError("InvalidState", "a second read", () => object.bytes());
      await expectError("InvalidState", "an iteration after a read", async () => joined(object));
    },
  },
  {
    id: "R16",
    name: "cancelling or disposing an opened object releases it unread",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      await store.put("object", random.bytes(2 * partBytes));
      const releases = [
        (object: StoredObject) => object.cancel(),
        async (object: StoredObject) => object[Symbol.asyncDispose](),
      ];
      for (const release of releases) {
        const object = await store.get("object");
        await release(object);
        await release(object);
        await expectError("InvalidState", "a read of a released object", () => object.bytes());
      }
    },
  },
  {
    id: "R17",
    name: "cancelling a read that has begun ends it",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(4 * Math.max(partBytes, 1 << 20));
      await store.put("object", bytes);
      const object = await store.get("object");
      const iterator = object[Symbol.asyncIterator]();
      let byteLength = (await iterator.next()).value?.byteLength ?? 0;
      await object.cancel();
      try {
        for (let next = await iterator.next(); !next.done; next = await iterator.next())
          byteLength += next.value.byteLength;
      } catch {
        // An error says as well that no more is coming.
      }
      assert.ok(byteLength < bytes.byteLength, "the whole object was delivered after cancel");
    },
  },
  {
    id: "R18",
    name: "breaking out of a read leaves the store usable",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes);
      await store.put("object", bytes);
      for (let round = 0; round < 20; round++) {
        for await (const chunk of await store.get("object")) {
          expectBytes(chunk, bytes.subarray(0, chunk.byteLength), "the first chunk");
          break;
        }
      }
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "R19",
    name: "chunks belong to the reader: changing them changes no object",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(partBytes + 1);
      await store.put("object", bytes);
      for await (const chunk of await store.get("object")) chunk.fill(0);
      (await (await store.get("object")).bytes()).fill(0);
      (await store.getRange("object", { start: 0 })).fill(0);
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "R20",
    name: "an opened object tells what head tells, and which bytes it delivers",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "0123456789");
      const object = await store.get("object", { range: { start: 2, end: 50 } });
      await object.cancel();
      const { key, uri, size, etag } = await store.head("object");
      const { info } = object;
      assert.deepEqual({ key: info.key, uri: info.uri, size: info.size, etag: info.etag }, { key, uri, size, etag });
      assert.deepEqual(object.range, { start: 2, end: 10 });
    },
  },
];
