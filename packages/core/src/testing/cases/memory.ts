import assert from "node:assert/strict";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import { MemoryPeak } from "../memory-peak.js";

const CHUNK_BYTES = 64 << 10;
const SAMPLES = 16;
const MEBIBYTE = 1 << 20;

/** M1 to M3: memory does not grow with the object. */
export const memoryCases: readonly ConformanceCase[] = [
  {
    id: "M1",
    name: "writing an object of many parts holds bounded memory",
    needs: ["boundedStore"],
    run: async (context) => {
      const writer = await context.store.createWriter("object");
      const chunk = context.random.bytes(CHUNK_BYTES);
      await expectBounded(context, async (passed) => {
        for (let bytes = 0; bytes < objectBytes(context); bytes += CHUNK_BYTES) {
          await writer.writeChunk(chunk);
          await passed(CHUNK_BYTES);
        }
        await writer.finalize();
      });
    },
  },
  {
    id: "M2",
    name: "writing with compression holds bounded memory",
    needs: ["boundedStore"],
    run: async (context) => {
      const writer = await context.store.createWriter("object", { compression: { codec: "zstd", level: 1 } });
      await expectBounded(context, async (passed) => {
        for (let bytes = 0; bytes < objectBytes(context); bytes += CHUNK_BYTES) {
          await writer.writeChunk(context.random.bytes(CHUNK_BYTES));
          await passed(CHUNK_BYTES);
        }
        await writer.finalize();
      });
    },
  },
  {
    id: "M3",
    name: "reading an object of many parts holds bounded memory",
    needs: ["boundedStore"],
    run: async (context) => {
      const { store } = context;
      const chunk = context.random.bytes(CHUNK_BYTES);
      const writer = await store.createWriter("object");
      for (let bytes = 0; bytes < objectBytes(context); bytes += CHUNK_BYTES) await writer.writeChunk(chunk);
      const { checksum } = await writer.finalize();
      await expectBounded(context, async (passed) => {
        for await (const { byteLength } of await store.get("object", { verify: checksum })) await passed(byteLength);
      });
    },
  },
];

/** What a writer or a reader may hold: DESIGN's parts in flight and one being filled, with room for the client's own. */
function boundBytes({ partBytes }: ConformanceContext): number {
  return Math.max(32 * MEBIBYTE, 8 * partBytes);
}

/** Large enough that whatever held the whole object would be far beyond the bound. */
function objectBytes(context: ConformanceContext): number {
  return Math.max(64 * MEBIBYTE, 2 * boundBytes(context));
}

/** Runs `work`, which tells how many bytes went by, and compares the peak with the bound. */
async function expectBounded(
  context: ConformanceContext,
  work: (passed: (bytes: number) => Promise<void>) => Promise<void>,
): Promise<void> {
  const peak = new MemoryPeak();
  const stepBytes = objectBytes(context) / SAMPLES;
  let sinceSample = 0;
  await peak.sample();
  await work(async (bytes) => {
    sinceSample += bytes;
    if (sinceSample < stepBytes) return;
    sinceSample = 0;
    await peak.sample();
  });
  const bound = boundBytes(context);
  assert.ok(peak.peakBytes <= bound, `${peak.peakBytes} bytes held, at most ${bound} are allowed`);
}
