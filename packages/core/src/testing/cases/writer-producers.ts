import { expectError, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";

/** W41 and W42: content that is made where it will be stored. */
export const writerProducerCases: readonly ConformanceCase[] = [
  {
    id: "W41",
    name: "writeFrom stores what its producer makes, in the room it is lent or elsewhere, in order with chunks",
    needs: [],
    run: async ({ store, partBytes, random }) => {
      const bytes = random.bytes(3 * partBytes + 77_777);
      const writer = await store.createWriter("object");
      let made = 0;
      const produce = (room: Uint8Array | undefined, maxBytes: number): Uint8Array => {
        const length = Math.min(maxBytes, random.integer(1, 70_000));
        const next = bytes.subarray(made, made + length);
        made += length;
        if (room === undefined || random.integer(0, 2) === 0) return next;
        room.set(next);
        return room.subarray(0, length);
      };
      const produced = 2 * partBytes + 12_345;
      const first = writer.writeFrom(produce, produced);
      const chunk = bytes.subarray(produced, produced + 1000);
      await Promise.all([first, writer.writeChunk(chunk)]);
      made += 1000;
      await writer.writeFrom(produce, bytes.byteLength - produced - 1000);
      await writer.finalize();
      await expectObject(store, "object", bytes);
    },
  },
  {
    id: "W42",
    name: "a producer that throws, or makes too much or nothing, fails the writer, and nothing becomes visible",
    needs: [],
    run: async ({ store }) => {
      const producers = [
        () => {
          throw new Error("no more");
        },
        () => new Uint8Array(0),
        (_room: Uint8Array | undefined, maxBytes: number) => new Uint8Array(maxBytes + 1),
      ];
      for (const produce of producers) {
        const writer = await store.createWriter("object");
        await expectError("Internal", "writeFrom", () => writer.writeFrom(produce, 100));
        await expectError("Internal", "finalize", () => writer.finalize());
        await writer.cancel();
      }
      await expectError("NotFound", "get", () => store.get("object"));
    },
  },
];
