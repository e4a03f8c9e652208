import { createHash } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { crc32 } from "node:zlib";
import { crc32c, crc64Nvme } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { describe, expect, onTestFinished, test } from "vitest";
import { openS3Store, type S3Store } from "../src/index.js";

const WINDOW = 64 << 10;
const SMALL = new SeededRandom(1).bytes(1000);
const LARGE = new SeededRandom(2).bytes(3 * WINDOW + 5);

type Headers = Readonly<Record<string, string>>;

/** The headers of checksums as S3 has them: base64, the highest byte first. */
function headerOf(algorithm: string, bytes: Uint8Array): Headers {
  return { [`x-amz-checksum-${algorithm}`]: digestOf(algorithm, bytes).toString("base64") };
}

function digestOf(algorithm: string, bytes: Uint8Array): Buffer {
  if (algorithm === "crc32c") return Buffer.from(crc32c(bytes).slice(7), "hex");
  if (algorithm === "crc32") return Buffer.from(crc32(bytes).toString(16).padStart(8, "0"), "hex");
  if (algorithm === "crc64nvme") return Buffer.from(crc64Nvme(bytes)).reverse();
  return createHash(algorithm).update(bytes).digest();
}

interface Told {
  readonly etag?: string;
  /** Of answers to whole requests that ask for checksums. */
  readonly whole?: Headers;
  /** Of answers to ranged requests. */
  readonly ranged?: Headers;
  /** How many bytes answers to whole requests bring and tell of. */
  readonly cutTo?: number;
}

/** A server of one object that tells checksums as the test likes, and what it was asked. */
async function storeTelling(bytes: Uint8Array, { etag = '"e"', whole = {}, ranged = {}, cutTo }: Told) {
  const asked: string[] = [];
  const server = createServer(({ method, headers }, response) => {
    const [, first, last] = /bytes=(\d+)-(\d+)/.exec(headers.range ?? "") ?? [];
    asked.push(headers.range ?? `${method} ${headers["x-amz-checksum-mode"]}`);
    const facts = { etag, "last-modified": "Thu, 01 Jan 2026 00:00:00 GMT", "accept-ranges": "bytes" };
    if (first === undefined) {
      const told = headers["x-amz-checksum-mode"] === "ENABLED" ? whole : {};
      const brought = method === "HEAD" ? bytes : bytes.subarray(0, cutTo);
      response.writeHead(200, { ...facts, ...told, "content-length": brought.byteLength });
      response.end(method === "HEAD" ? undefined : brought);
      return;
    }
    const part = bytes.subarray(Number(first), Number(last) + 1);
    const range = `bytes ${first}-${Number(first) + part.byteLength - 1}/${bytes.byteLength}`;
    response.writeHead(206, { ...facts, ...ranged, "content-length": part.byteLength, "content-range": range });
    response.end(part);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const store = await openS3Store("bucket", "", {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    credentials: { accessKeyId: "key", secretAccessKey: "secret" },
    readWindowBytes: WINDOW,
  });
  return { store, asked };
}

/** By what the object was verified on each way of reading it. */
async function verifiedBy(store: S3Store): Promise<readonly unknown[]> {
  const streamed = await store.get("key");
  for await (const _ of streamed);
  const filled = await store.get("key");
  await filled.bytes();
  return [streamed.verifiedBy, filled.verifiedBy];
}

const FULL = { "x-amz-checksum-type": "FULL_OBJECT" };
const COMPOSITE = { "x-amz-checksum-type": "COMPOSITE" };
const ALGORITHMS = ["crc32c", "crc64nvme", "crc32", "sha256", "sha512", "sha1", "md5"];

test.each(ALGORITHMS)("%s of the whole object is told, and compared on whole reads", async (algorithm) => {
  for (const bytes of [SMALL, LARGE]) {
    for (const type of [FULL, {}]) {
      const right = await storeTelling(bytes, { whole: { ...headerOf(algorithm, bytes), ...type } });
      expect(await verifiedBy(right.store)).toEqual([algorithm, algorithm]);
      const storedChecksum = `${algorithm}:${digestOf(algorithm, bytes).toString("hex")}`;
      expect(await right.store.head("key")).toMatchObject({ storedChecksum });
      expect((await right.store.get("key")).info).toMatchObject({ storedChecksum });
      const wrong = await storeTelling(bytes, { whole: { ...headerOf(algorithm, Buffer.from("other")), ...type } });
      await expect(verifiedBy(wrong.store)).rejects.toMatchObject({ code: "ChecksumMismatch", actual: storedChecksum });
      await expect((await wrong.store.get("key")).bytes()).rejects.toMatchObject({ code: "ChecksumMismatch" });
      expect(Buffer.compare(await (await wrong.store.get("key", { verify: "none" })).bytes(), bytes)).toBe(0);
    }
  }
});

const other = headerOf("crc32c", Buffer.from("of the parts' checksums"));
const [[NAME, VALUE] = ["", ""]] = Object.entries(other);

test.each<[string, Told]>([
  ["a composite one", { whole: { ...other, ...COMPOSITE } }],
  ["a composite one with its mark", { whole: { [NAME]: `${VALUE}-3`, ...COMPOSITE } }],
  ["one with a mark and no type", { whole: { [NAME]: `${VALUE}-3` } }],
  ["one with a mark that says it is of the object", { whole: { [NAME]: `${VALUE}-3`, ...FULL } }],
  ["one without mark and type, of an object of parts", { whole: other, etag: '"0123456789abcdef0123456789abcdef-3"' }],
  ["one of a type that nobody knows", { whole: { ...other, "x-amz-checksum-type": "SOMETHING" } }],
  ["no base64", { whole: { [NAME]: "####", ...FULL } }],
  ["another alphabet's base64", { whole: { [NAME]: "_-_-_w==", ...FULL } }],
  ["an empty one", { whole: { [NAME]: "", ...FULL } }],
  ["one that is too short", { whole: { [NAME]: "AAAA", ...FULL } }],
  ["one that is too long", { whole: { [NAME]: Buffer.alloc(8).toString("base64"), ...FULL } }],
  ["an algorithm that core does not have", { whole: { "x-amz-checksum-xxhash64": "AAAAAAAAAAA=", ...FULL } }],
  ["one with the answer to a range", { ranged: { ...other, ...FULL } }],
])("%s is not believed of the object", async (_name, told) => {
  for (const bytes of [SMALL, LARGE]) {
    const { store } = await storeTelling(bytes, told);
    expect(await verifiedBy(store)).toEqual(["none", "none"]);
    expect((await store.head("key")).storedChecksum).toBeUndefined();
    expect(Buffer.compare(await store.getRange("key", { start: 0, end: bytes.byteLength }), bytes)).toBe(0);
  }
});

test("of several checksums one that can be believed is compared", async () => {
  const whole = { ...headerOf("sha256", LARGE), "x-amz-checksum-crc32c": "AAAA", ...FULL };
  expect(await verifiedBy((await storeTelling(LARGE, { whole })).store)).toEqual(["sha256", "sha256"]);
});

test("a small object takes one request, and a large one one for each window", async () => {
  const small = await storeTelling(SMALL, { whole: headerOf("crc32c", SMALL) });
  await (await small.store.get("key")).bytes();
  expect(small.asked).toEqual(["GET ENABLED"]);
  const large = await storeTelling(LARGE, { whole: headerOf("crc32c", LARGE) });
  await (await large.store.get("key")).bytes();
  const windows = [1, 2, 3].map((n) => `bytes=${n * WINDOW}-${Math.min((n + 1) * WINDOW, LARGE.byteLength) - 1}`);
  expect([...large.asked].sort()).toEqual(["GET ENABLED", ...windows].sort());
  await (await large.store.get("key", { verify: "none" })).cancel();
  expect(large.asked.at(-1)).toBe(`bytes=0-${WINDOW - 1}`);
});

test("an empty object takes one request", async () => {
  const bytes = new Uint8Array(0);
  const { store, asked } = await storeTelling(bytes, { whole: headerOf("crc64nvme", bytes) });
  const object = await store.get("key");
  expect((await object.bytes()).byteLength).toBe(0);
  expect(object.verifiedBy).toBe("crc64nvme");
  expect(asked).toEqual(["GET ENABLED"]);
});

describe("a whole answer without a checksum that is shorter than the object", () => {
  const MIDDLE = new SeededRandom(3).bytes((1 << 20) + 7);
  const md5 = (bytes: Uint8Array) => `"${createHash("md5").update(bytes).digest("hex")}"`;
  const reads: readonly [string, (store: S3Store) => Promise<Uint8Array>][] = [
    ["bytes", async (store) => (await store.get("key")).bytes()],
    ["chunks", async (store) => Buffer.concat(await chunksOf(store))],
    [
      "readInto",
      async (store) => {
        const target = new Uint8Array(MIDDLE.byteLength);
        return target.subarray(0, await (await store.get("key")).readInto(target));
      },
    ],
  ];

  test.each(reads)("is found by its ETag, else by HeadObject (%s)", async (_name, read) => {
    for (const [bytes, etag] of [
      [SMALL, md5(SMALL)],
      [SMALL, md5(LARGE)],
      [SMALL, '"e"'],
      [SMALL, '"0123456789abcdef0123456789abcdef-3"'],
      [LARGE, md5(LARGE)],
      [MIDDLE, md5(MIDDLE)],
    ] as const) {
      for (const cutTo of [0, 1, bytes.byteLength >> 1, bytes.byteLength - 1]) {
        const { store } = await storeTelling(bytes, { etag, cutTo });
        const outcome = await read(store).catch((error: unknown) => error);
        if (outcome instanceof Uint8Array) expect(Buffer.compare(outcome, bytes)).toBe(0);
        else expect(outcome).toMatchObject({ code: expect.stringMatching(/^(ChecksumMismatch|PreconditionFailed)$/) });
      }
    }
  });

  test("costs no request where the ETag proves that nothing is missing, and one where it can't", async () => {
    const proven = await storeTelling(SMALL, { etag: md5(SMALL) });
    expect(Buffer.compare(await (await proven.store.get("key")).bytes(), SMALL)).toBe(0);
    expect(proven.asked).toEqual(["GET ENABLED"]);
    const other = await storeTelling(SMALL, { etag: md5(LARGE) });
    expect(Buffer.compare(await (await other.store.get("key")).bytes(), SMALL)).toBe(0);
    expect(other.asked).toEqual(["GET ENABLED", "HEAD ENABLED"]);
  });
});

async function chunksOf(store: S3Store): Promise<Uint8Array[]> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of await store.get("key")) chunks.push(chunk);
  return chunks;
}
