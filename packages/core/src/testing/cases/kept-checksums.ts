import assert from "node:assert/strict";
import { crc32c } from "../../checksum/crc32c.js";
import { expectBytes, expectError } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** H15 and H16: checksums that the store keeps, compared on whole reads. */
export const keptChecksumCases: readonly ConformanceCase[] = [
  {
    id: "H15",
    name: "other bytes than those of the checksum that the store tells end a whole read with ChecksumMismatch",
    needs: ["corrupt"],
    run: async ({ store, harness, random, partBytes }) => {
      for (const byteLength of [1000, partBytes + 1000]) {
        await store.put("object", random.bytes(byteLength));
        const { storedChecksum } = await store.head("object");
        await harness.corrupt?.(store, "object", { flipAt: random.integer(0, byteLength - 1) });
        const { storedChecksum: after } = await store.head("object");
        // A store that computes its checksum anew, or keeps none, has nothing that the damage contradicts.
        if (storedChecksum === undefined || after !== storedChecksum) continue;
        await expectError("ChecksumMismatch", "bytes", async () => (await store.get("object")).bytes());
        await expectError("ChecksumMismatch", "iteration", async () => {
          for await (const _ of await store.get("object"));
        });
        await expectError("ChecksumMismatch", "readInto", async () =>
          (await store.get("object")).readInto(new Uint8Array(byteLength)),
        );
        const unchecked = await (await store.get("object", { verify: "none" })).bytes();
        assert.equal(unchecked.byteLength, byteLength, "bytes with verify none");
      }
    },
  },
  {
    id: "H16",
    name: "an object that was read to its end tells by what it was verified",
    needs: [],
    run: async ({ store, random }) => {
      const bytes = random.bytes(5000);
      await store.put("object", bytes);
      const { storedChecksum } = await store.head("object");
      const read = async (options: Parameters<typeof store.get>[1]): Promise<string | undefined> => {
        const object = await store.get("object", options);
        assert.equal(object.verifiedBy, undefined, "verifiedBy before the end");
        expectBytes(await object.bytes(), bytes, "object");
        return object.verifiedBy;
      };
      assert.equal(await read({ verify: crc32c(bytes) }), "given");
      assert.equal(await read({ verify: "none" }), "none");
      const verifiedBy = await read({});
      if (storedChecksum !== undefined) assert.equal(verifiedBy, storedChecksum.split(":")[0], "what the store keeps");
      else assert.ok(verifiedBy !== undefined && verifiedBy !== "given", `verifiedBy is ${verifiedBy}`);
      const { key } = await store.put("packed", bytes, { compression: { codec: "gzip" } });
      const decoded = await store.get(key, { decode: true });
      expectBytes(await decoded.bytes(), bytes, "decoded");
      assert.ok(decoded.verifiedBy !== undefined && decoded.verifiedBy !== "none", "a decoded object has its frames");
    },
  },
];
