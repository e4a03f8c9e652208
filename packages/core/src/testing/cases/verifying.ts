import assert from "node:assert/strict";
import { crc32c } from "../../checksum/crc32c.js";
import type { Codec } from "../../compression/codec.js";
import { expectBytes, expectError } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import type { Corruption } from "../harness.js";

/** H8 to H14: checksums compared while reading. */
export const verifyCases: readonly ConformanceCase[] = [
  {
    id: "H8",
    name: "verify lets the right bytes through: whole, empty, ranged and decoded",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 1, 2 * partBytes + 1]) {
        const bytes = random.bytes(byteLength);
        const { checksum } = await store.put("object", bytes);
        expectBytes(await (await store.get("object", { verify: checksum })).bytes(), bytes, "whole");
        const part = bytes.slice(5, 500);
        const options = { range: { start: 5, end: 500 }, verify: crc32c(part) };
        expectBytes(await (await store.get("object", options)).bytes(), part, "range");
        const { key, checksum: verify } = await store.put("packed", bytes, { compression: { codec: "gzip" } });
        expectBytes(await (await store.get(key, { decode: true, verify })).bytes(), bytes, "decoded");
      }
    },
  },
  {
    id: "H9",
    name: "verify fails at the end of other bytes with what was expected, what was read and how much",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      for (const byteLength of [0, 1, 2 * partBytes + 1]) {
        const bytes = random.bytes(byteLength);
        await store.put("object", bytes);
        const verify = crc32c("something else");
        const error = await expectError("ChecksumMismatch", `${byteLength} bytes`, async () =>
          (await store.get("object", { verify })).bytes(),
        );
        assert.deepEqual([error.expected, error.actual, error.bytes], [verify, crc32c(bytes), byteLength]);
      }
    },
  },
  {
    id: "H10",
    name: "verify holds for iterating and for streams too",
    needs: [],
    run: async ({ store, random }) => {
      await store.put("object", random.bytes(100_000));
      const verify = crc32c("something else");
      await expectError("ChecksumMismatch", "iteration", async () => {
        for await (const _ of await store.get("object", { verify }));
      });
      await expectError("ChecksumMismatch", "Node stream", async () => {
        for await (const _ of (await store.get("object", { verify })).toReadable());
      });
      await expectError("ChecksumMismatch", "web stream", async () =>
        new Response((await store.get("object", { verify })).toWebReadable()).arrayBuffer(),
      );
    },
  },
  {
    id: "H11",
    name: "verify detects a flipped bit wherever it is",
    needs: ["corrupt"],
    run: async ({ store, harness, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 5);
      for (const flipAt of [0, partBytes - 1, partBytes, bytes.byteLength - 1]) {
        const { checksum } = await store.put("object", bytes);
        await harness.corrupt?.(store, "object", { flipAt });
        await expectError("ChecksumMismatch", `flip at ${flipAt}`, async () =>
          (await store.get("object", { verify: checksum })).bytes(),
        );
      }
    },
  },
  {
    id: "H12",
    name: "verify detects a truncated object",
    needs: ["corrupt"],
    run: async ({ store, harness, partBytes, random }) => {
      const bytes = random.bytes(2 * partBytes + 5);
      for (const truncateTo of [0, 1, partBytes, bytes.byteLength - 1]) {
        const { checksum } = await store.put("object", bytes);
        await harness.corrupt?.(store, "object", { truncateTo });
        await expectError("ChecksumMismatch", `truncated to ${truncateTo}`, async () =>
          (await store.get("object", { verify: checksum })).bytes(),
        );
      }
    },
  },
  {
    id: "H13",
    name: "verify detects damage to a compressed object, also a cut exactly between two frames",
    needs: ["corrupt"],
    run: async (context) => {
      const bytes = context.random.compressibleBytes(3_000_000);
      for (const codec of ["zstd", "gzip"] as const) {
        const { key, storedSize } = await context.store.put("object", bytes, { compression: { codec } });
        const stored = Buffer.from(await (await context.store.get(key)).bytes());
        for (const at of [0.1, 0.5, 0.9].map((position) => Math.floor(storedSize * position))) {
          await expectDamageDetected(context, codec, bytes, { flipAt: at });
          await expectDamageDetected(context, codec, bytes, { truncateTo: at });
        }
        if (codec === "gzip") continue;
        // The seek table closes the object: 8 bytes a frame, the stored size first, and a footer of 9 with their number.
        const frames = stored.readUInt32LE(storedSize - 9);
        const truncateTo = stored.readUInt32LE(storedSize - 9 - 8 * frames);
        await expectDamageDetected(context, codec, bytes, { truncateTo });
      }
    },
  },
  {
    id: "H14",
    name: "what is no checksum's text is refused with InvalidArgument before anything is read",
    needs: [],
    run: async ({ store }) => {
      await store.put("object", "x");
      const invalid = [
        "",
        "e3069283",
        "crc32c:",
        "crc32c:e306928",
        "crc32c:E3069283",
        "crc32c:e30692833",
        "crc33:cbf43926",
        "crc64nvme:cbf43926",
        "sha256:",
        "SHA256:e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
        "none:",
        "None",
        7,
      ];
      for (const verify of invalid as string[]) {
        await expectError("InvalidArgument", `verify ${verify}`, () => store.get("object", { verify }));
      }
    },
  },
];

async function expectDamageDetected(
  { store, harness }: ConformanceContext,
  codec: Codec,
  bytes: Uint8Array,
  change: Corruption,
): Promise<void> {
  const { key, checksum } = await store.put("object", bytes, { compression: { codec } });
  await harness.corrupt?.(store, key, change);
  await expectError("ChecksumMismatch", `${codec} ${JSON.stringify(change)}`, async () =>
    (await store.get(key, { decode: true, verify: checksum })).bytes(),
  );
}
