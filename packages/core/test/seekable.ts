import type { FrameFacts } from "../src/compression/frame-facts.js";
import { SeekTableBuilder } from "../src/compression/seek-table.js";
import { zstdEngine } from "../src/compression/zstd-engine.js";

/** A zstd object of frames that are small enough for a test to try everything with them. */
export interface Seekable {
  readonly frames: readonly Buffer[];
  readonly facts: readonly FrameFacts[];
  readonly content: Buffer;
}

/** One frame for each content. */
export async function seekable(contents: readonly Uint8Array[]): Promise<Seekable> {
  const compress = (await zstdEngine()).frameCompressor(3);
  const frames: Buffer[] = [];
  for (const content of contents) frames.push(Buffer.from(await compress(content)));
  const facts = frames.map((frame, index) => ({
    storedBytes: frame.byteLength,
    contentBytes: (contents[index] as Uint8Array).byteLength,
    checksum: frame.readUInt32LE(frame.byteLength - 4),
  }));
  return { frames, facts, content: Buffer.concat(contents) };
}

/** The table of such facts, with the frames' checksums or, as other tools make it, without. */
export function tableOf(facts: readonly FrameFacts[], withChecksums = true): Buffer {
  const builder = new SeekTableBuilder();
  for (const frame of facts) builder.add(frame);
  const table = Buffer.from(builder.encode());
  if (withChecksums) return table;
  const sizes = facts.map((_, index) => table.subarray(8 + index * 12, 16 + index * 12));
  const plain = Buffer.concat([table.subarray(0, 8), ...sizes, table.subarray(-9)]);
  plain.writeUInt32LE(plain.byteLength - 8, 4);
  plain.writeUInt8(0, plain.byteLength - 5);
  return plain;
}
