import assert from "node:assert/strict";
import type { PutSource } from "../../writer/put-source.js";
import { expectError, expectMissing, expectObject } from "../assertions.js";
import type { ConformanceCase, ConformanceContext } from "../conformance-case.js";
import { destroyedStream, failingSource, stalledSource, webStream } from "../sources.js";

/** S10 to S16: a source that fails is no object. */
export const putFailureCases: readonly ConformanceCase[] = [
  {
    id: "S10",
    name: "a source that fails fails the put with its error as the cause, and nothing becomes visible",
    needs: [],
    run: async (context) => {
      const failure = new Error("the source broke");
      await expectNothingPut(context, async (chunks) => {
        const { store } = context;
        const error = await expectError("Internal", "put", () => store.put("object", failingSource(chunks, failure)));
        assert.equal(error.cause, failure);
      });
    },
  },
  {
    id: "S11",
    name: "a Node stream destroyed midway fails the put, with an error or without one",
    needs: [],
    run: async (context) => {
      const { store } = context;
      const failure = new Error("the stream broke");
      await expectNothingPut(context, async (chunks) => {
        const error = await expectError("Internal", "put of a stream destroyed with an error", () =>
          store.put("object", destroyedStream(chunks, failure)),
        );
        assert.equal(error.cause, failure);
        await expectError("Internal", "put of a destroyed stream", () => store.put("object", destroyedStream(chunks)));
      });
    },
  },
  {
    id: "S12",
    name: "a web stream that errors fails the put with its error as the cause",
    needs: [],
    run: async (context) => {
      const failure = new Error("the web stream broke");
      await expectNothingPut(context, async (chunks) => {
        const rest = [...chunks];
        const source = new ReadableStream<Uint8Array>({
          pull: (controller) => {
            const chunk = rest.shift();
            if (chunk === undefined) controller.error(failure);
            else controller.enqueue(chunk);
          },
        });
        const error = await expectError("Internal", "put", () => context.store.put("object", source));
        assert.equal(error.cause, failure);
      });
    },
  },
  {
    id: "S13",
    name: "a stalled source is given up on abort, and told to stop",
    needs: [],
    run: async (context) => {
      await expectNothingPut(context, async (chunks) => {
        const source = stalledSource(Buffer.concat(chunks));
        const controller = new AbortController();
        const putting = context.store.put("object", source, { signal: controller.signal });
        putting.catch(() => undefined);
        await source.stalled;
        controller.abort();
        await expectError("Aborted", "put", () => putting);
        assert.equal(source.stopped, true, "the source was not told to stop");
      });
    },
  },
  {
    id: "S14",
    name: "a source that yields something else than bytes and strings is refused with InvalidArgument",
    needs: [],
    run: async (context) => {
      for (const value of [7, null, { byteLength: 3 }, new Uint16Array(2)]) {
        await expectNothingPut(context, async (chunks) => {
          const source = [...chunks, value] as Uint8Array[];
          await expectError("InvalidArgument", `a source of ${typeof value}`, () =>
            context.store.put("object", source),
          );
        });
      }
    },
  },
  {
    id: "S15",
    name: "what is no source is refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      for (const source of [7, null, undefined, true, {}, new DataView(new ArrayBuffer(2)), new Float64Array(1)]) {
        await expectError("InvalidArgument", `put of ${typeof source}`, () => store.put("object", source as PutSource));
      }
      await expectMissing(store, "object");
    },
  },
  {
    id: "S16",
    name: "a source of another size than declared is refused with InvalidArgument",
    needs: [],
    run: async (context) => {
      const { store } = context;
      await expectNothingPut(context, async (chunks) => {
        const { byteLength } = Buffer.concat(chunks);
        for (const size of [byteLength - 1, byteLength + 1]) {
          for (const source of [Buffer.concat(chunks), webStream(chunks), new Blob([Buffer.concat(chunks)])]) {
            await expectError("InvalidArgument", `declared ${size}`, () => store.put("object", source, { size }));
          }
        }
      });
    },
  },
];

/** Runs a failing put of little and of many parts, over no object and over an old one. */
async function expectNothingPut(
  { store, partBytes, random }: ConformanceContext,
  put: (chunks: readonly Uint8Array[]) => Promise<void>,
): Promise<void> {
  for (const chunks of [[random.bytes(10)], [random.bytes(partBytes), random.bytes(partBytes + 1)]]) {
    await put(chunks);
    await expectMissing(store, "object");
    await store.put("object", "old");
    await put(chunks);
    await expectObject(store, "object", "old");
    await store.delete("object");
  }
}
