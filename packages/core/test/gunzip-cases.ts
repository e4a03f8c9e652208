import assert from "node:assert/strict";
import { crc32, deflateRawSync, gzipSync } from "node:zlib";
import { gunzip } from "../src/compression/gunzip.js";
import { isObjectStoreError } from "../src/errors.js";
import { flipBit, inPieces, randomContent } from "./zstd-engine-cases.js";

const TINY = ["", "a", "bc", "def", "the quick brown fox"].map((text) => Buffer.from(text));
const CHUNK_BYTES = [1, 2, 7, 1000, Number.POSITIVE_INFINITY];

/** What the gzip decoder must do with any Node's zlib, as data: the cases run with vitest or without. */
export const gunzipCases: readonly { readonly name: string; readonly run: () => Promise<void> }[] = [
  {
    name: "members of every size round-trip, whatever chunks they come in",
    run: async () => {
      for (const bytes of [0, 1, 255, 4_000, 65_535, 65_536, 65_537, 131_072, 1 << 20]) {
        for (const content of [randomContent(bytes), Buffer.alloc(bytes, "sluice ")]) {
          for (const chunkBytes of bytes > 10_000 ? CHUNK_BYTES.slice(3) : CHUNK_BYTES) {
            await expectContent(gzipSync(content), content, chunkBytes);
          }
        }
      }
    },
  },
  {
    name: "members in a row are decoded all, also those of a few bytes",
    run: async () => {
      const stored = Buffer.concat(TINY.map((content) => gzipSync(content)));
      for (const chunkBytes of CHUNK_BYTES) await expectContent(stored, Buffer.concat(TINY), chunkBytes);
      const many = Buffer.concat(Array.from({ length: 300 }, () => gzipSync("a")));
      await expectContent(many, Buffer.alloc(300, "a"), 64);
    },
  },
  {
    name: "headers with every field are passed over, and their checksum is held against them",
    run: async () => {
      for (let flags = 0; flags < 32; flags++) {
        for (const chunkBytes of CHUNK_BYTES) {
          await expectContent(member(flags), Buffer.from("content"), chunkBytes);
          if ((flags & 0x02) !== 0) await expectDamage(flipBit(member(flags), 40), chunkBytes);
        }
      }
      for (const reserved of [0x20, 0x40, 0x80]) await expectDamage(member(reserved), 3);
    },
  },
  {
    name: "a cut at any byte is found, but for one between two members",
    run: async () => {
      const members = [...TINY.map((content) => gzipSync(content)), member(0x1f)];
      const stored = Buffer.concat(members);
      const borders = members.map((_, index) => Buffer.concat(members.slice(0, index)).byteLength);
      for (let cut = 0; cut < stored.byteLength; cut++) {
        if (cut > 0 && borders.includes(cut)) await decode(stored.subarray(0, cut), 3);
        else for (const chunkBytes of CHUNK_BYTES) await expectDamage(stored.subarray(0, cut), chunkBytes);
      }
      const large = gzipSync(randomContent(400_000));
      for (const cut of [65_536, 200_000, large.byteLength - 9, large.byteLength - 8, large.byteLength - 1]) {
        for (const chunkBytes of CHUNK_BYTES.slice(3)) await expectDamage(large.subarray(0, cut), chunkBytes);
      }
    },
  },
  {
    name: "zero bytes are padding up to the end, and damage before and between members",
    run: async () => {
      const members = TINY.map((content) => gzipSync(content));
      const stored = Buffer.concat(members);
      for (const zeros of [1, 2, 8, 512, 300_000]) {
        const padding = Buffer.alloc(zeros);
        for (const chunkBytes of CHUNK_BYTES.slice(zeros > 1000 ? 3 : 0)) {
          await expectContent(Buffer.concat([stored, padding]), Buffer.concat(TINY), chunkBytes);
          await expectDamage(Buffer.concat([padding, stored]), chunkBytes);
          await expectDamage(padding, chunkBytes);
          for (const next of [...members, Buffer.from("x")]) {
            await expectDamage(Buffer.concat([stored, padding, next]), chunkBytes);
          }
        }
      }
    },
  },
  {
    name: "whatever else stands behind a member is damage",
    run: async () => {
      const stored = gzipSync("content");
      for (const garbage of ["01", "1f", "1f8b", "1f8b08", "1f8b07000000000000", "28b52ffd", "ff".repeat(99)]) {
        for (const chunkBytes of CHUNK_BYTES) {
          await expectDamage(Buffer.concat([stored, Buffer.from(garbage, "hex")]), chunkBytes);
          await expectDamage(Buffer.concat([Buffer.from(garbage, "hex"), stored]), chunkBytes);
        }
      }
    },
  },
  {
    name: "every flipped bit is found, or changes nothing",
    run: async () => {
      const stored = Buffer.concat([...TINY, Buffer.alloc(300, "abcd")].map((content) => gzipSync(content)));
      const content = Buffer.concat([...TINY, Buffer.alloc(300, "abcd")]);
      let found = 0;
      for (let bit = 0; bit < stored.byteLength * 8; bit++) {
        const decoded = await decode(flipBit(stored, bit), 5).catch((error: unknown) => {
          assert.ok(isObjectStoreError(error) && error.code === "ChecksumMismatch", `bit ${bit}: ${error}`);
        });
        if (decoded === undefined) found++;
        else assert.ok(decoded.equals(content), `bit ${bit}`);
      }
      assert.ok(found > stored.byteLength * 4, `${found} found`);
    },
  },
  {
    name: "a reader that stops early releases the source, and memory stays bounded whatever a member expands to",
    run: async () => {
      let isReleased = false;
      const bomb = gzipSync(Buffer.alloc(64 << 20));
      async function* source(): AsyncGenerator<Uint8Array> {
        try {
          for (;;) yield bomb;
        } finally {
          isReleased = true;
        }
      }
      let bytes = 0;
      for await (const chunk of gunzip(source(), {})) {
        assert.ok(chunk.byteLength <= 1 << 20);
        bytes += chunk.byteLength;
        if (bytes > 8 << 20) break;
      }
      assert.ok(isReleased);
    },
  },
];

/** A member of "content" with the header's optional fields that `flags` asks for (RFC 1952, section 2.3.1). */
function member(flags: number): Buffer {
  const header = Buffer.concat([
    Buffer.from([0x1f, 0x8b, 8, flags, 1, 2, 3, 4, 0, 255]),
    Buffer.from((flags & 0x04) === 0 ? "" : "\u0005\0\0\u001f\0\0x", "latin1"),
    Buffer.from((flags & 0x08) === 0 ? "" : "a name.txt\0"),
    Buffer.from((flags & 0x10) === 0 ? "" : "a comment\0"),
  ]);
  const checksum = Buffer.alloc(2);
  checksum.writeUInt16LE(crc32(header) & 0xffff);
  const trailer = Buffer.alloc(8);
  trailer.writeUInt32LE(crc32("content"));
  trailer.writeUInt32LE(7, 4);
  const parts = [header, ...((flags & 0x02) === 0 ? [] : [checksum]), deflateRawSync("content"), trailer];
  return Buffer.concat(parts);
}

async function decode(stored: Uint8Array, chunkBytes: number): Promise<Buffer> {
  const chunks: Uint8Array[] = [];
  for await (const chunk of gunzip(inPieces(stored, chunkBytes), {})) chunks.push(chunk);
  return Buffer.concat(chunks);
}

async function expectContent(stored: Uint8Array, content: Buffer, chunkBytes: number): Promise<void> {
  const decoded = await decode(stored, chunkBytes);
  assert.ok(
    decoded.equals(content),
    `${decoded.byteLength} of ${content.byteLength} bytes, in chunks of ${chunkBytes}`,
  );
}

async function expectDamage(stored: Uint8Array, chunkBytes: number): Promise<void> {
  const outcome = await decode(stored, chunkBytes).then(
    (decoded) => `${decoded.byteLength} bytes`,
    (error: unknown) => (isObjectStoreError(error) ? error.code : String(error)),
  );
  assert.equal(outcome, "ChecksumMismatch", `${stored.byteLength} bytes in chunks of ${chunkBytes}`);
}
