import { encodeSafetensors, openSafetensors } from "@sluice/checkpoint";
import { createMemoryStore } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { mutateJson } from "../documents/mutate-json.js";
import type { Draw } from "../draw.js";
import type { CaseResult, Kind } from "../kind.js";
import { judge } from "../verdict.js";

/** Headers of safetensors files that are changed: every tensor that is read has the bytes that were written. */
export function safetensorsHeaders(): Kind {
  return {
    name: "safetensors-headers",
    open: async () => {
      const file = await encode();
      return {
        caseOf: (draw) => ({ words: "a header", run: () => run(draw, file) }),
        close: async () => undefined,
      };
    },
  };
}

interface EncodedFile {
  readonly bytes: Buffer;
  readonly tensors: ReadonlyMap<string, Uint8Array>;
}

async function encode(): Promise<EncodedFile> {
  const random = new SeededRandom(10);
  const tensors = new Map<string, Uint8Array>([
    ["weights", random.bytes(96)],
    ["bias", random.bytes(16)],
    ["empty", new Uint8Array()],
    ["é", random.bytes(8)],
  ]);
  const sources = [...tensors].map(([name, data]) => [name, { data }] as const);
  const encoded = encodeSafetensors(Object.fromEntries(sources), { metadata: { step: "7" } });
  const store = createMemoryStore();
  await store.put("file", encoded);
  return { bytes: Buffer.from(await (await store.get("file")).bytes()), tensors };
}

async function run(draw: Draw, { bytes, tensors }: EncodedFile): Promise<CaseResult> {
  const headerBytes = Number(bytes.readBigUInt64LE());
  const header = bytes
    .subarray(8, 8 + headerBytes)
    .toString()
    .trimEnd();
  const mutated = mutateJson(draw, header);
  const text = Buffer.from(mutated.text);
  const length = Buffer.alloc(8);
  const lie = draw.one([0, 0, 0, 0, 1, -1, 2 ** 40]);
  length.writeBigUInt64LE(BigInt(Math.max(0, text.byteLength + lie)));
  const store = createMemoryStore();
  await store.put("file", Buffer.concat([length, text, bytes.subarray(8 + headerBytes)]));
  const verdict = await judge(
    async () => {
      const file = await openSafetensors(store, "file");
      const read = new Map<string, Uint8Array>();
      for (const { name } of file.tensors) {
        const { data } = await file.tensor(name);
        read.set(name, new Uint8Array(data.buffer, data.byteOffset, data.byteLength));
      }
      return read;
    },
    (read) => {
      for (const [name, got] of read) {
        const written = tensors.get(name);
        if (written !== undefined && Buffer.compare(got, written) !== 0) return `tensor ${name} has other bytes`;
      }
      return undefined;
    },
  );
  return { words: `header: ${mutated.words}${lie === 0 ? "" : `, its length by ${lie}`}`, verdict };
}
