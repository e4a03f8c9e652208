import type { ContainerClient } from "@azure/storage-blob";
import type { AzureStore } from "@sluice/backend-azure";
import { type Answer, SeededRandom } from "@sluice/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { describeOnAzure } from "../../../../scripts/servers/index.ts";
import { answer, type HostileAnswers, webPage, withHeaders } from "./hostile-answers.js";
import { PART_BYTES, useHostileStore } from "./hostile-store.js";

const SEED = 12;
const MS = { "x-ms-request-id": "7", "x-ms-version": "2026-04-06" };
const ETAG = { ETag: '"0x8D"', "Last-Modified": new Date(0).toUTCString() };

describeOnAzure(`answers that are not the service's (seed ${SEED})`, ({ connectionString }) => {
  const use = useHostileStore(connectionString);
  const random = new SeededRandom(SEED);
  let hostile: HostileAnswers;
  let container: ContainerClient;
  let store: AzureStore;
  beforeEach(async () => {
    ({ hostile, container, store } = await use.make());
  });
  const stored = (key: string): Promise<Buffer> => container.getBlobClient(key).downloadToBuffer();
  const unavailable = { code: "Unavailable", retryable: true };

  describe("a write", () => {
    const answers: readonly (readonly [string, Answer])[] = [
      ["201 and nothing else", answer(201)],
      ["a web page with 201", webPage(201)],
      ["a web page with 200", webPage(200)],
      ["an empty 200", answer(200)],
      ["204", answer(204)],
      ["201 with another store's ETag", answer(201, ETAG)],
      ["201 that is the answer to another request", answer(201, { ...MS, ...ETAG, "x-ms-client-request-id": "other" })],
      ["201 with an error's code in 200", answer(200, { ...MS, "x-ms-error-code": "InternalError" })],
      ["a web page with 404", webPage(404)],
      ["a web page with 403", webPage(403)],
      ["a web page with 412", webPage(412)],
    ];
    const kinds = [
      ["PUT", 1000],
      ["PUT block", 3 * PART_BYTES],
      ["PUT blocklist", 3 * PART_BYTES],
    ] as const;

    test.each(answers)("that is answered by %s is not done, and is done again", async (_what, given) => {
      for (const [kind, size] of kinds) {
        const bytes = random.bytes(size);
        hostile.instead(kind, given);
        for (const condition of [{}, { ifNotExists: true }]) {
          await expect(store.put("object", bytes, condition), kind).rejects.toMatchObject(unavailable);
        }
        expect(await container.getBlobClient("object").exists(), kind).toBe(false);
        hostile.calm();
        hostile.instead(kind, given, 1);
        expect(await store.put("object", bytes, { ifNotExists: true }), kind).toMatchObject({
          etag: expect.stringMatching(/./),
        });
        expect((await stored("object")).equals(bytes), kind).toBe(true);
        await store.delete("object");
      }
    });

    test("without an ETag is asked after, and done if the object is this upload's", async () => {
      for (const [kind, size] of kinds.filter(([each]) => each !== "PUT block")) {
        const bytes = random.bytes(size);
        hostile.change(kind, (given) => withHeaders(given, { etag: undefined }));
        const { etag } = await store.put("object", bytes, { ifNotExists: true });
        hostile.calm();
        expect((await store.head("object")).etag).toBe(etag);
        expect((await stored("object")).equals(bytes)).toBe(true);
        await store.delete("object");
      }
    });

    test.each(answers)("whose answer became %s is asked after", async (_what, given) => {
      for (const [kind, size] of kinds) {
        const bytes = random.bytes(size);
        hostile.change(kind, () => given, 1);
        await store.put("object", bytes, { ifNotExists: true });
        hostile.change(kind, () => given, 1);
        await store.put("object", bytes.subarray(1), { ifMatch: (await store.head("object")).etag });
        expect((await stored("object")).equals(bytes.subarray(1)), kind).toBe(true);
        await store.delete("object");
      }
    });

    test("that was carried out is no lost race where it can't be asked after", async () => {
      hostile.change("PUT", () => webPage(200), 1);
      hostile.instead("HEAD", webPage(404));
      const put = store.put("object", "content", { ifNotExists: true });
      await expect(put).rejects.toMatchObject({ ...unavailable, message: expect.stringMatching(/lost/) });
    });
  });

  describe("absence", () => {
    const pages = [webPage(404), answer(404), answer(404, MS), webPage(410), webPage(302), webPage(304)] as const;

    test("is believed of the service alone: head, exists, get, delete, copy", async () => {
      await store.put("object", "content");
      for (const page of pages) {
        for (const kind of ["HEAD", "GET", "DELETE", "PUT copy"]) hostile.instead(kind, page);
        const calls = {
          head: () => store.head("object"),
          exists: () => store.exists("object"),
          get: () => store.get("object"),
          range: () => store.getRange("object", { start: 1, end: 3 }),
          delete: () => store.delete("object", { mustExist: true }),
          copy: () => store.copy("object", "copy"),
        };
        for (const [name, call] of Object.entries(calls)) {
          await expect(call(), `${name} ${page.status}`).rejects.toMatchObject(unavailable);
        }
        hostile.calm();
        expect((await stored("object")).toString()).toBe("content");
        for (const kind of ["HEAD", "GET"]) hostile.instead(kind, page, 1);
        expect(await store.exists("object")).toBe(true);
        expect(await (await store.get("object")).text()).toBe("content");
        hostile.calm();
      }
    });

    test("that HEAD can't say in the service's terms is confirmed by a byte", async () => {
      await store.put("object", "content");
      await store.put("empty", "");
      hostile.change("HEAD", (given) => withHeaders({ ...given, status: 404 }, { "x-ms-error-code": undefined }));
      expect(await store.exists("missing")).toBe(false);
      await expect(store.head("missing")).rejects.toMatchObject({ code: "NotFound", statusCode: 404 });
      for (const key of ["object", "empty"]) await expect(store.exists(key)).rejects.toMatchObject(unavailable);
    });

    test("is NotFound in the service's terms, at once", async () => {
      const before = hostile.seen.length;
      await expect(store.head("missing")).rejects.toMatchObject({ code: "NotFound" });
      expect(hostile.seen.length - before).toBe(1);
    });
  });

  test("a refusal of a proxy is no lost race and no refused right", async () => {
    const { etag = "" } = await store.put("object", "content");
    for (const page of [webPage(412), webPage(409), webPage(403), webPage(401), webPage(416), webPage(400)]) {
      for (const kind of ["HEAD", "GET", "PUT", "DELETE", "PUT copy", "PUT container"]) hostile.instead(kind, page);
      const calls = {
        put: () => store.put("object", "x", { ifMatch: etag }),
        get: () => store.get("object", { ifMatch: etag }),
        delete: () => store.delete("object", { ifMatch: etag }),
        copy: () => store.copy("object", "copy", { ifNotExists: true }),
        create: () => store.createContainer(),
      };
      for (const [name, call] of Object.entries(calls)) {
        await expect(call(), `${name} ${page.status}`).rejects.toMatchObject(unavailable);
      }
      hostile.calm();
    }
    expect((await stored("object")).toString()).toBe("content");
  });

  describe("a read", () => {
    const size = 5 * PART_BYTES + 7;
    let bytes: Uint8Array;
    beforeEach(async () => {
      bytes = random.bytes(size);
      await store.put("object", bytes);
    });
    const range = (text: string | undefined) => (given: Answer) => withHeaders(given, { "content-range": text });
    const changes: readonly (readonly [string, (given: Answer) => Answer])[] = [
      ["a Content-Range of unknown size", range(`bytes 0-${PART_BYTES - 1}/*`)],
      ["no Content-Range", range(undefined)],
      ["a Content-Range of another spelling", range(`bytes=0-${PART_BYTES - 1}/${size}`)],
      ["a Content-Range of its own bytes alone", range(`bytes 0-${PART_BYTES - 1}/${PART_BYTES - 1}`)],
      ["a Content-Range of other bytes", range(`bytes 1-${PART_BYTES}/${size}`)],
      ["200 with a part", (given) => ({ ...range(undefined)(given), status: 200 })],
      ["200 with a part and its range", (given) => ({ ...given, status: 200, headers: range("junk")(given).headers })],
      ["no ETag", (given) => withHeaders(given, { etag: undefined })],
      ["no Last-Modified", (given) => withHeaders(given, { "last-modified": undefined })],
      ["a time that is none", (given) => withHeaders(given, { "last-modified": "yesterday" })],
      ["no request id", (given) => withHeaders(given, { "x-ms-request-id": undefined })],
      ["the answer to another request", (given) => withHeaders(given, { "x-ms-client-request-id": "other" })],
      ["a web page with 200", () => webPage(200)],
      ["a web page with 206", () => webPage(206)],
    ];

    test.each(changes)("that is answered with %s is of all bytes, or fails", async (_what, change) => {
      hostile.change("GET", change);
      const whole = async () => (await store.get("object")).bytes();
      const part = () => store.getRange("object", { start: 0, end: PART_BYTES });
      for (const read of [whole, part]) await expect(read()).rejects.toMatchObject(unavailable);
      hostile.calm();
      hostile.change("GET", change, 1);
      expect(Buffer.compare(await whole(), bytes)).toBe(0);
      hostile.change("GET", change, 1);
      expect(Buffer.compare(await part(), bytes.subarray(0, PART_BYTES))).toBe(0);
    });

    test("whose second window is of another version or another size fails", async () => {
      for (const change of [
        (given: Answer) => withHeaders(given, { etag: '"0xOTHER"' }),
        (given: Answer) => {
          const [, text = ""] = given.headers.find(([name]) => name.toLowerCase() === "content-range") ?? [];
          return withHeaders(given, { "content-range": text.replace(`/${size}`, `/${size + 1}`) });
        },
      ]) {
        hostile.change("GET", (given) => given, 1);
        hostile.change("GET", change, 1);
        await expect(store.get("object").then((object) => object.bytes())).rejects.toMatchObject({
          code: "PreconditionFailed",
        });
        hostile.calm();
      }
    });

    test("that a server without ranges answers whole is whole", async () => {
      const text = "all of it, at once";
      await store.put("small", text);
      hostile.change("GET", (given) => ({ ...range(undefined)(given), status: 200 }));
      expect(await (await store.get("small")).text()).toBe(text);
    });

    test("past the end is empty by the service's word alone", async () => {
      expect((await store.getRange("object", { start: size, end: size + 5 })).byteLength).toBe(0);
      hostile.instead("GET", webPage(416));
      for (const start of [0, size]) {
        await expect(store.getRange("object", { start, end: start + 5 })).rejects.toMatchObject(unavailable);
      }
    });

    test("of a copy's target that is not whole fails, whatever bytes it has", async () => {
      for (const [status, code] of [
        ["pending", "Unavailable"],
        ["failed", "InvalidState"],
        ["aborted", "InvalidState"],
      ] as const) {
        for (const kind of ["HEAD", "GET"]) {
          hostile.change(kind, (given) => withHeaders(given, { "x-ms-copy-id": "7", "x-ms-copy-status": status }));
        }
        await expect(store.head("object")).rejects.toMatchObject({ code });
        await expect(store.get("object")).rejects.toMatchObject({ code });
        hostile.calm();
      }
    });
  });

  test.each([
    ["no Content-Length", { "content-length": undefined }],
    ["a length that is none", { "content-length": "12a" }],
    ["no ETag", { etag: undefined }],
    ["no Last-Modified", { "last-modified": undefined }],
    ["no request id", { "x-ms-request-id": undefined }],
  ])("a HEAD with %s tells nothing", async (_what, headers) => {
    await store.put("object", "content");
    hostile.change("HEAD", (given) => ({ ...withHeaders(given, headers), hangUp: true }), 3);
    await expect(store.head("object")).rejects.toMatchObject(unavailable);
    hostile.change("HEAD", (given) => ({ ...withHeaders(given, headers), hangUp: true }), 1);
    expect(await store.head("object")).toMatchObject({ size: 7 });
  });

  describe("a copy", () => {
    test.each([
      ["a web page", webPage(202)],
      ["an empty 202", answer(202)],
      ["a success without a copy's id", answer(202, { ...MS, ...ETAG, "x-ms-copy-status": "success" })],
      ["a success without an ETag", answer(202, { ...MS, "x-ms-copy-id": "7", "x-ms-copy-status": "success" })],
      ["another store's success", answer(202, { ...ETAG, "x-ms-copy-id": "7", "x-ms-copy-status": "success" })],
    ])("that is answered by %s is not done, and is done again", async (_what, given) => {
      await store.put("object", "content");
      hostile.instead("PUT copy", given);
      await expect(store.copy("object", "target")).rejects.toMatchObject(unavailable);
      await expect(store.rename("object", "target")).rejects.toMatchObject(unavailable);
      expect((await stored("object")).toString()).toBe("content");
      hostile.calm();
      hostile.instead("PUT copy", given, 1);
      await store.rename("object", "target");
      expect((await stored("target")).toString()).toBe("content");
    });

    test("that was begun and has no target is Unavailable, and not a source that is not found", async () => {
      await store.put("object", "content");
      hostile.instead("PUT copy", answer(202, { ...MS, ...ETAG, "x-ms-copy-id": "7" }));
      await expect(store.copy("object", "target")).rejects.toMatchObject(unavailable);
      await expect(store.rename("object", "target")).rejects.toMatchObject(unavailable);
      expect((await stored("object")).toString()).toBe("content");
    });

    test("is of the version that was looked at, also where it is another by then", async () => {
      await store.put("object", "content");
      for (const options of [{}, { ifNotExists: true }]) {
        hostile.change("HEAD", (given) => withHeaders(given, { etag: '"0xOLD"' }), 1);
        expect(await store.copy("object", "target", options)).toMatchObject({ size: 7 });
        expect((await stored("target")).toString()).toBe("content");
        await store.delete("target");
      }
      hostile.change("HEAD", (given) => withHeaders(given, { etag: '"0xOLD"' }));
      await expect(store.rename("object", "target")).rejects.toMatchObject({ code: "PreconditionFailed" });
      expect((await stored("object")).toString()).toBe("content");
      expect(await container.getBlobClient("target").exists()).toBe(false);
    });

    test("that has fewer bytes than its source is not done, and a rename keeps the source", async () => {
      await store.put("object", "content");
      const look = (given: Answer) => given;
      hostile.change("HEAD", look, 1);
      hostile.change("HEAD", (given) => withHeaders(given, { "content-length": "3" }));
      await expect(store.rename("object", "target")).rejects.toMatchObject(unavailable);
      expect((await stored("object")).toString()).toBe("content");
    });

    test("that takes longer is done when its own id says so", async () => {
      await store.put("object", "content");
      const pending = (given: Answer) => withHeaders(given, { "x-ms-copy-status": "pending" });
      const look = () => hostile.change("HEAD", (given) => given, 1);
      hostile.change("PUT copy", pending);
      look();
      hostile.change("HEAD", pending, 1);
      expect(await store.copy("object", "target")).toMatchObject({ size: 7 });
      for (const headers of [
        { "x-ms-copy-id": "other" },
        { "x-ms-copy-status": "failed" },
        { "x-ms-copy-status": "aborted" },
        { "x-ms-copy-status": undefined, "x-ms-copy-id": undefined },
      ]) {
        look();
        hostile.change("HEAD", (given) => withHeaders(given, headers), 1);
        await expect(store.copy("object", "target"), JSON.stringify(headers)).rejects.toMatchObject(unavailable);
      }
    });

    test("whose answer was lost is not told as another's object", async () => {
      await store.put("object", "content");
      hostile.change("PUT copy", () => webPage(200), 1);
      const copy = store.copy("object", "target", { ifNotExists: true });
      await expect(copy).rejects.toMatchObject({ ...unavailable, message: expect.stringMatching(/lost/) });
    });
  });
});
