import { describe, expect, test } from "vitest";
import { Crc32c, crc32c } from "../src/checksum/crc32c.js";
import { createStore } from "../src/driver-store.js";
import { MemoryBucket } from "../src/memory/memory-bucket.js";
import { MultipartSink } from "../src/multipart/multipart-sink.js";
import type { UploadPart } from "../src/multipart/multipart-upload.js";
import { planParts } from "../src/multipart/part-plan.js";
import { BufferedSink } from "../src/sink/buffered-sink.js";
import type { SinkReceipt, SinkSummary } from "../src/sink/sink.js";
import type { ObjectWriter } from "../src/writer/object-writer.js";
import { PipelineWriter } from "../src/writer/pipeline-writer.js";
import { MemoryInParts, MemoryUpload, SMALL_LIMITS } from "./multipart-memory.js";
import { randomBytes, seededRandom } from "./random.js";

const PART_BYTES = 1000;

type Call = "putWhole" | "begin" | "putPart" | "complete";

/** An upload of which one call hangs until it is let go, or until its signal fires. */
class HeldUpload extends MemoryUpload {
  readonly reached: Promise<void>;
  release: () => void = () => undefined;
  readonly #held: Call;
  readonly #released: Promise<void>;
  #reach: () => void = () => undefined;

  constructor(held: Call) {
    super(new BufferedSink(1 << 30, async (bytes) => ({ etag: `"${crc32c(bytes)}"` })));
    this.#held = held;
    this.reached = new Promise((resolve) => {
      this.#reach = resolve;
    });
    this.#released = new Promise((resolve) => {
      this.release = resolve;
    });
  }

  override async putWhole(bytes: Uint8Array, summary: SinkSummary, signal: AbortSignal): Promise<SinkReceipt> {
    await this.#hold("putWhole", signal);
    return super.putWhole(bytes, summary, signal);
  }

  override async begin(signal: AbortSignal): Promise<void> {
    await this.#hold("begin", signal);
    return super.begin(signal);
  }

  override async putPart(part: UploadPart, signal: AbortSignal): Promise<string> {
    await this.#hold("putPart", signal);
    return super.putPart(part, signal);
  }

  override async complete(...[parts, summary, signal]: Parameters<MemoryUpload["complete"]>): Promise<SinkReceipt> {
    await this.#hold("complete", signal);
    return super.complete(parts, summary, signal);
  }

  async #hold(call: Call, signal: AbortSignal): Promise<void> {
    if (call !== this.#held) return;
    this.#reach();
    const aborted = new Promise<never>((_, reject) => {
      signal.addEventListener("abort", () => reject(signal.reason), { once: true });
      if (signal.aborted) reject(signal.reason);
    });
    await Promise.race([this.#released, aborted]);
  }
}

function writerOver(
  upload: MemoryUpload,
  options: { signal?: AbortSignal; partsInFlight?: number } = {},
): ObjectWriter {
  const { signal, partsInFlight = 3 } = options;
  const plan = planParts(SMALL_LIMITS, { partBytes: PART_BYTES }, "createWriter");
  return new PipelineWriter({
    key: "object",
    uri: "memory://test/object",
    backend: "memory",
    sink: new MultipartSink(upload, plan, { partsInFlight, signal }),
    compression: "none",
    createEncoder: (target) => ({ push: (chunk) => target.write(chunk), end: () => undefined }),
    ...(signal !== undefined && { signal }),
  });
}

describe("parts", () => {
  test.each([0, 1, 999, 1000])("%d bytes are put whole", async (size) => {
    const upload = new HeldUpload("begin");
    const writer = writerOver(upload);
    await writer.writeChunk(new Uint8Array(size));
    const result = await writer.finalize();
    expect(upload.calls).toEqual(["putWhole"]);
    expect(result.parts).toBeUndefined();
  });

  test.each([1, 7, 1000, 2500, 64 << 10])(
    "chunks of %d bytes make equal parts, each with the CRC-32C of its bytes",
    async (chunkBytes) => {
      const driver = new MemoryInParts(new MemoryBucket(), PART_BYTES);
      const store = createStore(driver, { uri: "memory://parts/", prefix: "" });
      const seed = chunkBytes;
      const content = randomBytes(10_500, seededRandom(seed));
      const writer = await store.createWriter("object");
      for (let offset = 0; offset < content.byteLength; offset += chunkBytes) {
        await writer.writeChunk(content.subarray(offset, offset + chunkBytes));
      }
      const result = await writer.finalize();
      const [upload] = driver.uploads;
      expect(result.parts).toBe(11);
      expect(result.checksum).toBe(crc32c(content));
      expect(upload?.calls.filter((call) => call.startsWith("putPart"))).toHaveLength(11);
      expect(upload?.mostUnderWay).toBeLessThanOrEqual(3);
      expect(await (await store.get("object")).bytes()).toEqual(content);
    },
  );

  test("no more parts are under way than allowed, and the writer waits for them", async () => {
    const upload = new HeldUpload("putPart");
    const writer = writerOver(upload, { partsInFlight: 2 });
    // Two parts are sent, the third is full: so much is taken at once.
    await writer.writeChunk(new Uint8Array(3 * PART_BYTES));
    let taken = false;
    const fourth = writer.writeChunk(new Uint8Array(1)).then(() => {
      taken = true;
    });
    await upload.reached;
    expect(taken).toBe(false);
    upload.release();
    await fourth;
    expect((await writer.finalize()).checksum).toBe(crc32c(new Uint8Array(3 * PART_BYTES + 1)));
    expect(upload.mostUnderWay).toBeLessThanOrEqual(2);
  });

  test("an object the store can't hold is refused when it is known, and leaves no parts", async () => {
    const upload = new HeldUpload("begin");
    upload.release();
    const plan = planParts(
      { ...SMALL_LIMITS, maxParts: 3 },
      { partBytes: PART_BYTES, equalParts: true },
      "createWriter",
    );
    const sink = new MultipartSink(upload, plan, { partsInFlight: 3 });
    const crc = new Crc32c();
    const write = async (): Promise<void> => {
      for (let index = 0; index < 5; index++) {
        const chunk = new Uint8Array(PART_BYTES);
        await sink.write(chunk, crc.update(chunk).value);
      }
    };
    await expect(write()).rejects.toMatchObject({ code: "Unsupported" });
    await sink.abort();
    expect(upload.isOpen).toBe(false);
  });
});

describe("failures", () => {
  class FailingUpload extends HeldUpload {
    override async putPart(part: UploadPart, signal: AbortSignal): Promise<string> {
      if (part.number === 2) throw new Error("the second part fails");
      return super.putPart(part, signal);
    }
  }

  test("the first failure stops the other parts, is the error reported, and leaves no parts", async () => {
    const upload = new FailingUpload("putPart");
    const writer = writerOver(upload);
    await writer.writeChunk(new Uint8Array(2.5 * PART_BYTES));
    await expect(writer.finalize()).rejects.toThrow("the second part fails");
    expect(upload.calls.at(-1)).toBe("abort");
    expect(upload.isOpen).toBe(false);
    expect(upload.underWay).toBe(0);
    await expect(writer.writeChunk(new Uint8Array(1))).rejects.toThrow("the second part fails");
  });

  test("a writer that waits for room learns of a failure", async () => {
    const upload = new FailingUpload("putPart");
    const writer = writerOver(upload, { partsInFlight: 2 });
    await expect(writer.writeChunk(new Uint8Array(9 * PART_BYTES))).rejects.toThrow("the second part fails");
    expect(upload.isOpen).toBe(false);
  });
});

describe.each(["putWhole", "begin", "putPart", "complete"] as const)("a signal that fires during %s", (phase) => {
  test("ends the writer with Aborted, stops its requests and leaves nothing", async () => {
    const upload = new HeldUpload(phase);
    const controller = new AbortController();
    const writer = writerOver(upload, { signal: controller.signal });
    await writer.writeChunk(new Uint8Array(phase === "putWhole" ? 10 : 2.5 * PART_BYTES));
    const finalizing = writer.finalize();
    await upload.reached;
    controller.abort(new Error("enough"));
    await expect(finalizing).rejects.toMatchObject({ code: "Aborted" });
    expect(upload.underWay).toBe(0);
    expect(upload.isOpen).toBe(false);
    const calls = upload.calls.length;
    upload.release();
    await new Promise(setImmediate);
    expect(upload.calls).toHaveLength(calls);
  });
});

test("a begin that answers after the abort is not left behind", async () => {
  const upload = new HeldUpload("begin");
  const writer = writerOver(upload);
  await writer.writeChunk(new Uint8Array(2.5 * PART_BYTES));
  await upload.reached;
  const cancelled = writer.cancel();
  upload.release();
  await cancelled;
  expect(upload.calls).toEqual(["begin", "abort"]);
  expect(upload.isOpen).toBe(false);
});
