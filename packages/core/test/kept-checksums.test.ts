import { createHash } from "node:crypto";
import { describe, expect, test } from "vitest";
import { algorithmOf, type ChecksumAlgorithm } from "../src/checksum/algorithm.js";
import { startHash } from "../src/checksum/running-hash.js";
import type { DriverObject, DriverRead, DriverReadOptions } from "../src/driver.js";
import { createStore } from "../src/driver-store.js";
import { crc32c, type GetOptions, type StoredObject } from "../src/index.js";
import { MemoryBucket } from "../src/memory/memory-bucket.js";
import { MemoryDriver } from "../src/memory/memory-driver.js";
import { type RangedSource, readByRanges } from "../src/read/read-by-ranges.js";
import { randomBytes, seededRandom } from "./random.js";

/** Of "123456789": the check values of the CRC catalogue, and RFC 1321, 3174 and 6234 by node:crypto's own hand. */
const VECTORS: Readonly<Record<ChecksumAlgorithm, string>> = {
  crc32c: "crc32c:e3069283",
  crc32: "crc32:cbf43926",
  crc64nvme: "crc64nvme:ae8b14860a799888",
  md5: "md5:25f9e794323b453885f5181f1b624d0b",
  sha1: "sha1:f7c3bc1d808e04732adf679965ccc34ca7ae3441",
  sha256: "sha256:15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225",
  sha512: `sha512:${createHash("sha512").update("123456789").digest("hex")}`,
};
const ALGORITHMS = Object.keys(VECTORS) as ChecksumAlgorithm[];

describe("checksums by algorithm", () => {
  test.each(ALGORITHMS)("%s of chunks is the published value", (algorithm) => {
    const hash = startHash(algorithm);
    for (const chunk of ["1", "", "2345", "6789"]) hash.update(Buffer.from(chunk));
    expect(hash.digest()).toBe(VECTORS[algorithm]);
    expect(algorithmOf(VECTORS[algorithm])).toBe(algorithm);
  });

  test.each(["", "sha256", "sha256:", "crc32c:E3069283", "crc32c:e306928", "crc64:ae8b14860a799888", "toString:00", 7])(
    "%j is the text of none",
    (text) => expect(algorithmOf(text)).toBeUndefined(),
  );
});

const BYTES = Buffer.from(randomBytes(600_000, seededRandom(5)));

/** A memory store of one object, of which the store says what the test likes. */
async function storeKeeping(storedChecksum: string | undefined, { key = "object", bytes = BYTES as Uint8Array } = {}) {
  const bucket = new MemoryBucket();
  const driver = new MemoryDriver(bucket);
  const store = createStore(driver, { uri: "memory://kept/", prefix: "" });
  await store.put(key, bytes);
  const { storedChecksum: _, checksum: __, ...object } = bucket.require(key);
  bucket.objects.set(key, { ...object, ...(storedChecksum !== undefined && { storedChecksum }) } as never);
  return { store, bucket, driver };
}

function of(algorithm: ChecksumAlgorithm, bytes: Uint8Array): string {
  const hash = startHash(algorithm);
  hash.update(bytes);
  return hash.digest();
}

/** Every way to read an object to its end. */
const WAYS: Readonly<Record<string, (object: StoredObject) => Promise<unknown>>> = {
  iterating: async (object) => {
    for await (const _ of object);
  },
  bytes: (object) => object.bytes(),
  text: (object) => object.text(),
  readInto: (object) => object.readInto(new Uint8Array(BYTES.byteLength)),
  "a Node stream": async (object) => {
    for await (const _ of object.toReadable());
  },
  "a web stream": (object) => new Response(object.toWebReadable()).arrayBuffer(),
};

describe("what a store keeps of an object is compared on whole reads", () => {
  test.each(ALGORITHMS)("%s: the right bytes arrive, and it says so; others are refused", async (algorithm) => {
    const right = await storeKeeping(of(algorithm, BYTES));
    const wrong = await storeKeeping(of(algorithm, Buffer.from("other")));
    for (const [way, read] of Object.entries(WAYS)) {
      for (const options of [{}, { lendChunks: true }, { range: { start: 0 } }] satisfies GetOptions[]) {
        const object = await right.store.get("object", options);
        expect(object.verifiedBy).toBeUndefined();
        await read(object);
        expect(object.verifiedBy, way).toBe(algorithm);
        const bad = await wrong.store.get("object", options);
        await expect(read(bad), way).rejects.toMatchObject({
          code: "ChecksumMismatch",
          expected: of(algorithm, Buffer.from("other")),
          actual: of(algorithm, BYTES),
          bytes: BYTES.byteLength,
        });
        expect(bad.verifiedBy).toBeUndefined();
      }
    }
  });

  test("of an empty object too", async () => {
    const bytes = new Uint8Array(0);
    const right = await storeKeeping(of("crc32c", bytes), { bytes });
    const object = await right.store.get("object");
    await object.bytes();
    expect(object.verifiedBy).toBe("crc32c");
    const wrong = await storeKeeping("crc32c:00000001", { bytes });
    await expect((await wrong.store.get("object")).bytes()).rejects.toMatchObject({ code: "ChecksumMismatch" });
  });

  test.each([undefined, "", "whirlpool:00ff", "crc32c:E3069283", "crc32c:00", "sha256:zz", "not a checksum"])(
    "what is no checksum of a known form (%j) is none",
    async (text) => {
      const { store } = await storeKeeping(text);
      const object = await store.get("object");
      expect(Buffer.compare(await object.bytes(), BYTES)).toBe(0);
      expect(object.verifiedBy).toBe("none");
    },
  );

  test("a part is compared with nothing, and says so", async () => {
    const { store } = await storeKeeping("crc32c:00000000");
    for (const range of [{ start: 1 }, { start: 0, end: 10 }, { suffix: 10 }]) {
      const object = await store.get("object", { range });
      await object.bytes();
      expect(object.verifiedBy).toBe("none");
    }
    await expect((await store.get("object", { range: { suffix: 1e9 } })).bytes()).rejects.toMatchObject({
      code: "ChecksumMismatch",
    });
  });

  test("none opts out, and a given checksum holds besides", async () => {
    const { store } = await storeKeeping("crc32c:00000000");
    const object = await store.get("object", { verify: "none" });
    expect(Buffer.compare(await object.bytes(), BYTES)).toBe(0);
    expect(object.verifiedBy).toBe("none");
    for (const algorithm of ALGORITHMS) {
      const verify = of(algorithm, BYTES);
      await expect((await store.get("object", { verify })).bytes()).rejects.toMatchObject({ code: "ChecksumMismatch" });
      const good = await storeKeeping(of("sha1", BYTES));
      const given = await good.store.get("object", { verify });
      await given.bytes();
      expect(given.verifiedBy).toBe("given");
      const other = of(algorithm, Buffer.from("other"));
      const bad = good.store.get("object", { verify: other });
      await expect((await bad).bytes()).rejects.toMatchObject({ code: "ChecksumMismatch", expected: other });
    }
  });

  test("nothing is said of an object that was not read to its end", async () => {
    const { store } = await storeKeeping(of("crc32c", BYTES));
    const object = await store.get("object", { lendChunks: true });
    for await (const _ of object) break;
    expect(object.verifiedBy).toBeUndefined();
  });
});

describe("decoded objects", () => {
  test.each(["zstd", "gzip"] as const)(
    "%s: the stored bytes are compared on their way to the decoder",
    async (codec) => {
      const bucket = new MemoryBucket();
      const store = createStore(new MemoryDriver(bucket), { uri: "memory://kept/", prefix: "" });
      const { key } = await store.put("object", BYTES, { compression: { codec } });
      const kept = bucket.require(key);
      const read = async (facts: object, options: GetOptions = {}) => {
        bucket.objects.set(key, { ...kept, ...facts });
        const object = await store.get(key, { decode: true, ...options });
        const bytes = await object.bytes();
        return { bytes, by: object.verifiedBy };
      };
      expect((await read({})).by).toBe("crc32c");
      expect((await read({ storedChecksum: of("sha256", kept.bytes) })).by).toBe("sha256");
      expect((await read({ storedChecksum: undefined, checksum: undefined })).by).toBe("frames");
      expect((await read({ storedChecksum: "crc32c:00000000" }, { verify: "none" })).by).toBe("frames");
      expect((await read({}, { range: { start: 5, end: 10 } })).by).toBe("frames");
      expect((await read({}, { verify: crc32c(BYTES) })).by).toBe("given");
      await expect(read({ storedChecksum: "crc32c:00000000" })).rejects.toMatchObject({ code: "ChecksumMismatch" });
      await expect(read({ checksum: "crc32c:00000000" })).rejects.toMatchObject({ code: "ChecksumMismatch" });
      await expect(read({ storedChecksum: `md5:${"0".repeat(32)}` })).rejects.toMatchObject({
        code: "ChecksumMismatch",
      });
      // Written as it came, the decoded content has no checksum in the store.
      const alike = { storedChecksum: kept.storedChecksum, checksum: kept.storedChecksum };
      expect((await read(alike)).by).toBe("crc32c");
    },
  );
});

test("a copy that passes through this process is compared too, and leaves nothing of a damaged source", async () => {
  const { store, bucket, driver } = await storeKeeping(of("crc64nvme", Buffer.from("other")));
  Object.assign(driver, { copy: undefined, rename: undefined });
  await expect(store.copy("object", "target")).rejects.toMatchObject({ code: "ChecksumMismatch" });
  await expect(store.rename("object", "target")).rejects.toMatchObject({ code: "ChecksumMismatch" });
  expect([...bucket.objects.keys()]).toEqual(["object"]);
});

describe("a remote object in windows", () => {
  const LIMITS = { readWindowBytes: 100_000, readWindowsInFlight: 2, resumes: 1, idleTimeoutMs: 1000 };

  /** A server whose answers to whole requests alone tell the checksum. */
  function remote({ storedChecksum = "", takesRanges = true, canWhole = true, cutWhole = BYTES.byteLength } = {}) {
    const asked: string[] = [];
    const facts = { key: "k", size: BYTES.byteLength, etag: "v1", lastModified: new Date(0) };
    const answer = (object: DriverObject, start: number, end: number, sent = end) => {
      const chunks = async function* () {
        for (let at = start; at < sent; at += 30_000) yield BYTES.subarray(at, Math.min(at + 30_000, sent));
      };
      const drain = async (use: (chunk: Uint8Array) => void) => {
        for await (const chunk of chunks()) use(chunk);
      };
      return { object, start, end, body: chunks(), drain, cancel: () => undefined };
    };
    const source: RangedSource = {
      head: async () => facts,
      get: async ({ start, end }) => {
        asked.push(`${start}-${end}`);
        return answer(facts, start, Math.min(end, BYTES.byteLength));
      },
      getWhole: async () => {
        asked.push("whole");
        if (!canWhole) return undefined;
        return { ...answer({ ...facts, storedChecksum }, 0, BYTES.byteLength, cutWhole), takesRanges };
      },
    };
    class Remote extends MemoryDriver {
      override read(_key: string, options: DriverReadOptions): Promise<DriverRead> {
        return readByRanges(source, options, LIMITS);
      }
    }
    return { store: createStore(new Remote(new MemoryBucket()), { uri: "memory://remote/", prefix: "" }), asked };
  }

  test.each(ALGORITHMS)("%s is compared in order and into a buffer", async (algorithm) => {
    for (const [way, read] of Object.entries(WAYS)) {
      const right = remote({ storedChecksum: of(algorithm, BYTES) });
      const object = await right.store.get("k");
      await read(object);
      expect(object.verifiedBy, way).toBe(algorithm);
      expect(right.asked.slice(0, 2)).toEqual(["whole", "100000-200000"]);
      expect(right.asked).not.toContain("0-100000");
      const wrong = remote({ storedChecksum: of(algorithm, Buffer.from("other")) });
      await expect(read(await wrong.store.get("k")), way).rejects.toMatchObject({ code: "ChecksumMismatch" });
    }
  });

  test("one that is not to be compared, or read in part, is asked for by ranges alone", async () => {
    const storedChecksum = of("crc32c", Buffer.from("other"));
    const { store, asked } = remote({ storedChecksum });
    expect(Buffer.compare(await (await store.get("k", { verify: "none" })).bytes(), BYTES)).toBe(0);
    await store.getRange("k", { start: 0, end: 10 });
    await store.getRange("k", { start: 10 });
    expect(asked).not.toContain("whole");
    await expect(store.getRange("k", { start: 0 })).rejects.toMatchObject({ code: "ChecksumMismatch" });
  });

  test.each([
    ["knows no ranges: all of it comes in the one answer", { takesRanges: false }, ["whole"], "crc32c"],
    ["can't answer a whole request: ranges it is", { canWhole: false }, ["whole", "0-100000"], "none"],
    ["cuts it: it is taken up by ranges", { cutWhole: 70_000 }, ["whole", "70000-100000"], "crc32c"],
  ])("a server that %s", async (_name, options, begin, by) => {
    for (const read of Object.values(WAYS)) {
      const { store, asked } = remote({ storedChecksum: of("crc32c", BYTES), ...options });
      const object = await store.get("k");
      await read(object);
      expect(object.verifiedBy).toBe(by);
      for (const call of begin) expect(asked).toContain(call);
      if (begin.length === 1) expect(asked).toEqual(begin);
    }
  });
});
