import type { ContainerClient } from "@azure/storage-blob";
import type { AzureStore } from "@sluice/backend-azure";
import type { Answer } from "@sluice/core/testing";
import { beforeEach, describe, expect, test } from "vitest";
import { describeOnAzure } from "../../../../scripts/servers/index.ts";
import { answer, type HostileAnswers, webPage, withBody, withHeaders } from "./hostile-answers.js";
import { useHostileStore } from "./hostile-store.js";

const KEYS = ["a/1", "a/2", "a/3", "a/4", "a/5", "b"];
const XML = { "Content-Type": "application/xml", "x-ms-request-id": "7", "x-ms-version": "2026-04-06" };

describeOnAzure("listings that are not the service's", ({ connectionString }) => {
  const use = useHostileStore(connectionString);
  let hostile: HostileAnswers;
  let container: ContainerClient;
  let store: AzureStore;
  beforeEach(async () => {
    ({ hostile, container, store } = await use.make());
    for (const key of KEYS) await container.getBlockBlobClient(key).upload(key, key.length);
  });
  const unavailable = { code: "Unavailable", retryable: true };
  const list = async (options: Parameters<AzureStore["list"]>[0] = {}): Promise<string[]> => {
    const names = [];
    for await (const entry of store.list(options)) names.push(entry.kind === "object" ? entry.key : entry.prefix);
    return names;
  };
  const text = (change: (xml: string) => string) => (given: Answer) => withBody(given, change);

  const changes: readonly (readonly [string, (given: Answer) => Answer])[] = [
    ["an empty 200", () => answer(200)],
    ["an empty 200 in the service's terms", () => answer(200, XML)],
    ["a web page", () => webPage(200)],
    ["a web page that says it is XML", () => answer(200, XML, "<html><body/></html>")],
    ["a web page with 404", () => webPage(404)],
    ["an error in 200", () => answer(200, XML, "<Error><Code>ServerBusy</Code><Message>x</Message></Error>")],
    ["an empty list of another store", () => answer(200, XML, "<ListBucketResult><Name>b</Name></ListBucketResult>")],
    ["a root without anything", () => answer(200, XML, "<EnumerationResults/>")],
    ["a second root", text((xml) => `${xml}<EnumerationResults/>`)],
    ["XML that is cut in the middle", text((xml) => xml.slice(0, xml.length / 2))],
    ["XML without its last tag", text((xml) => xml.replace("</EnumerationResults>", ""))],
    ["no NextMarker", text((xml) => xml.replace(/<NextMarker(\/>|>.*<\/NextMarker>)/, ""))],
    ["no Blobs", text((xml) => xml.replace(/<Blobs>.*<\/Blobs>/, ""))],
    ["text in place of blobs", text((xml) => xml.replace(/<Blobs>.*<\/Blobs>/, "<Blobs>later</Blobs>"))],
    ["the list of another container", text((xml) => xml.replace(/ContainerName="[^"]*"/, 'ContainerName="other"'))],
    ["the list of no container", text((xml) => xml.replace(/ContainerName="[^"]*"/, ""))],
    ["the list of another prefix", text((xml) => xml.replace(/<Prefix(\/>|>.*<\/Prefix>)/, "<Prefix>z</Prefix>"))],
    ["keys out of order", text((xml) => xml.replace("<Name>a/1<", "<Name>a/9<"))],
    ["a key twice", text((xml) => xml.replace("<Name>a/2<", "<Name>a/1<"))],
    ["a blob without a name", text((xml) => xml.replace("<Name>a/1</Name>", ""))],
    ["a blob of an empty name", text((xml) => xml.replace("<Name>a/1</Name>", "<Name></Name>"))],
    ["a blob without a size", text((xml) => xml.replace(/<Content-Length>\d+<\/Content-Length>/, ""))],
    ["a blob of a size that is none", text((xml) => xml.replace(/<Content-Length>/, "<Content-Length>x"))],
    ["a blob of less than nothing", text((xml) => xml.replace(/<Content-Length>/, "<Content-Length>-"))],
    ["a blob without an etag", text((xml) => xml.replace(/<Etag>[^<]*<\/Etag>/, ""))],
    ["a blob without a time", text((xml) => xml.replace(/<Last-Modified>[^<]*<\/Last-Modified>/, ""))],
    ["a blob without properties", text((xml) => xml.replace(/<Properties>.*?<\/Properties>/, ""))],
    ["a name encoded amiss", text((xml) => xml.replace("<Name>a/1<", '<Name Encoded="true">a%1<'))],
    ["no request id", (given) => withHeaders(given, { "x-ms-request-id": undefined })],
    ["the answer to another request", (given) => withHeaders(given, { "x-ms-client-request-id": "other" })],
  ];

  test.each(changes)("%s is no listing, and is asked for again", async (_what, change) => {
    hostile.change("GET list", change);
    await expect(list()).rejects.toMatchObject(unavailable);
    await expect(store.deleteContainer()).rejects.toMatchObject(unavailable);
    hostile.calm();
    hostile.change("GET list", change, 1);
    expect(await list()).toEqual(KEYS);
    hostile.change("GET list", (given) => given, 1);
    hostile.change("GET list", change, 2);
    expect(await list({ pageSize: 4 })).toEqual(KEYS);
  });

  test("a key that is not below the prefix is cut into no other", async () => {
    for (const name of ["b/1", "a", "", "A/1", "/a/1"]) {
      hostile.change(
        "GET list",
        text((xml) => xml.replace("<Name>a/1<", `<Name>${name}<`)),
      );
      await expect(list({ prefix: "a/" }), name).rejects.toMatchObject(unavailable);
      hostile.calm();
    }
  });

  test("a page that comes again, markers in turns and a marker that stays are followed by no one for ever", async () => {
    const marker = (next: () => string) =>
      text((xml) => xml.replace(/<NextMarker(\/>|>.*<\/NextMarker>)/, `<NextMarker>${next()}</NextMarker>`));
    const none = (next: () => string) => (given: Answer) =>
      withBody(marker(next)(given), (xml) => xml.replace(/<Blobs>.*<\/Blobs>/, "<Blobs/>"));
    let turn = 0;
    for (const change of [marker(() => "a/1"), none(() => "a/1"), none(() => (turn++ % 2 === 0 ? "a/1" : "a/2"))]) {
      hostile.change("GET list", change);
      await expect(list({ pageSize: 2 })).rejects.toMatchObject(unavailable);
      hostile.calm();
    }
  });

  test("a listing by delimiter is held to it", async () => {
    expect(await list({ delimiter: "/" })).toEqual(["a/", "b"]);
    for (const [from, to] of [
      ["<BlobPrefix><Name>a/</Name></BlobPrefix>", "<BlobPrefix><Name>a</Name></BlobPrefix>"],
      ["<BlobPrefix><Name>a/</Name></BlobPrefix>", "<BlobPrefix></BlobPrefix>"],
      ["<BlobPrefix><Name>a/</Name></BlobPrefix>", "<BlobPrefix><Name>a/b/</Name></BlobPrefix>"],
      ["<Name>b</Name>", "<Name>a/b</Name>"],
    ] as const) {
      hostile.change(
        "GET list",
        text((xml) => xml.replace(from, to)),
      );
      await expect(list({ delimiter: "/" }), to).rejects.toMatchObject(unavailable);
      hostile.calm();
    }
  });

  test("the sweep says nothing on such a word", async () => {
    for (const change of [
      () => webPage(200),
      () => answer(200, XML),
      text((xml) => xml.replace("<NextMarker/>", "")),
    ]) {
      hostile.change("GET list", change);
      await expect(store.sweepStaleUploads({ dryRun: true, olderThanMs: 0 })).rejects.toMatchObject(unavailable);
      hostile.calm();
    }
    await container.getBlockBlobClient("left").stageBlock(Buffer.alloc(48).toString("base64"), "left", 4);
    for (const change of [() => webPage(200), () => answer(200), () => answer(200, XML), () => webPage(404)]) {
      hostile.change("GET blocklist", change);
      await expect(store.sweepStaleUploads({ dryRun: true, olderThanMs: 0 })).rejects.toMatchObject(unavailable);
      hostile.calm();
    }
    expect(await store.sweepStaleUploads({ dryRun: true, olderThanMs: 0 })).toMatchObject([{ name: "left", bytes: 4 }]);
  });

  describe("names", () => {
    test("are what the XML says, by its references and by Encoded", async () => {
      for (const [xml, name] of [
        ["<Name>a&#xD;&#13;&amp;#13;&lt;&gt;&quot;&apos;</Name>", "a\r\r&#13;<>\"'"],
        ['<Name Encoded="true">a%01%EF%BF%BF</Name>', "a\u0001\uFFFF"],
        ['<Name Encoded="false">a%01</Name>', "a%01"],
        ["<Name>a%01</Name>", "a%01"],
        ["<Name> a \n</Name>", " a \n"],
      ] as const) {
        hostile.change(
          "GET list",
          text((all) => all.replace("<Name>a/1</Name>", xml)),
        );
        expect(await list()).toEqual([name, ...KEYS.slice(1)]);
        hostile.calm();
      }
    });

    test("of folders of a hierarchical namespace are no objects", async () => {
      const folder = (xml: string) =>
        xml.replace(/(<Name>a\/1<\/Name><Properties>)/, "$1<ResourceType>directory</ResourceType>");
      hostile.change("GET list", text(folder));
      expect(await list()).toEqual(KEYS.slice(1));
    });
  });

  test("folder by folder, a listing begins anew where a key to begin behind would leave some out", async () => {
    hostile.change(
      "GET list",
      text((xml) => xml.replaceAll("<Properties>", "<Properties><ResourceType>file</ResourceType>")),
    );
    const before = hostile.seen.length;
    expect(await list({ startAfter: "a/3" })).toEqual(KEYS.slice(3));
    expect(hostile.seen.length - before).toBe(2);
  });

  describe("a delete", () => {
    const part = (id: number, status: number, headers: Readonly<Record<string, string>> = {}) =>
      ["--b", "Content-Type: application/http", `Content-ID: ${id}`, "", `HTTP/1.1 ${status} x`]
        .concat(
          Object.entries(headers).map(([name, value]) => `${name}: ${value}`),
          ["", ""],
        )
        .join("\r\n");
    const multipart = (...parts: string[]) =>
      answer(
        202,
        { "x-ms-request-id": "7", "Content-Type": "multipart/mixed; boundary=b" },
        `${parts.join("\r\n")}\r\n--b--`,
      );
    const id = { "x-ms-request-id": "7" };
    const all = (status: number, headers = {}) => multipart(...KEYS.map((_key, index) => part(index, status, headers)));

    test.each([
      ["a web page", webPage(202)],
      ["a web page with 200", webPage(200)],
      ["an empty 202", answer(202)],
      ["an empty multipart", multipart()],
      ["one part for all", multipart(part(0, 202, id))],
      ["parts that are not the service's", all(202)],
      ["parts of another status", all(200, id)],
      ["parts of 404 without a code", all(404, id)],
      ["parts of an error's code in 202", all(202, { ...id, "x-ms-error-code": "ServerBusy" })],
      ["parts of a missing container", all(404, { ...id, "x-ms-error-code": "ContainerNotFound" })],
      ["one part many times", multipart(...KEYS.map(() => part(0, 202, id)))],
      ["parts that are cut", answer(202, { ...id, "Content-Type": "multipart/mixed; boundary=b" }, part(0, 202, id))],
      ["parts of other ids", multipart(...KEYS.map((_key, index) => part(index + 100, 202, id)))],
    ])("of many that is answered by %s is done key by key", async (_what, given) => {
      hostile.instead("POST batch", given);
      const results = await store.deleteMany(KEYS);
      const left = [];
      for await (const { name } of container.listBlobsFlat()) left.push(name);
      // One part in the service's own terms is believed of its key.
      expect(left.filter((key) => key !== KEYS[0])).toEqual([]);
      expect(results).toEqual(KEYS.map((key) => ({ key })));
    });

    test("of many tells of each key that may be left", async () => {
      for (const page of [webPage(202), webPage(200), webPage(404), answer(202), answer(404)]) {
        for (const kind of ["POST batch", "DELETE"]) hostile.instead(kind, page);
        const results = await store.deleteMany(KEYS);
        expect(results).toMatchObject(KEYS.map((key) => ({ key, error: unavailable })));
        hostile.calm();
      }
      expect(await list()).toEqual(KEYS);
    });

    test("of one is done by the service's word alone", async () => {
      for (const page of [webPage(202), webPage(200), answer(202), answer(204), webPage(404)]) {
        hostile.instead("DELETE", page);
        await expect(store.delete("b"), `${page.status}`).rejects.toMatchObject(unavailable);
        hostile.calm();
      }
      expect(await store.exists("b")).toBe(true);
      hostile.instead("DELETE", webPage(202), 1);
      await store.delete("b", { mustExist: true });
      expect(await store.exists("b")).toBe(false);
    });

    test("of a container is done by the service's word alone", async () => {
      await store.deleteMany(KEYS);
      for (const page of [webPage(202), answer(202), webPage(404)]) {
        hostile.instead("DELETE container", page);
        await expect(store.deleteContainer()).rejects.toMatchObject(unavailable);
        hostile.calm();
      }
      expect(await container.exists()).toBe(true);
      hostile.change("DELETE container", () => webPage(202), 1);
      await store.deleteContainer();
    });
  });
});
