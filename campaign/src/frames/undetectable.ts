import { type Frame, type FramedObject, seekTableOf } from "./framed-object.js";

/**
 * Why nobody could tell that stored bytes are not the object's, if so: they are whole frames of it, in some order and number,
 * with padding or a table that fits them or none. That depends on the bytes alone, not on what a reader makes of them.
 */
export function undetectableFrames(object: FramedObject, bytes: Uint8Array): string | undefined {
  const taken: Frame[] = [];
  let rest = Buffer.from(bytes);
  for (;;) {
    const next = object.frames.find(({ stored }) => rest.subarray(0, stored.byteLength).equals(stored));
    if (next === undefined) break;
    taken.push(next);
    rest = rest.subarray(next.stored.byteLength);
    // Padding or a table, and then a frame again: any tool that reads frames in a row goes on there.
    if (object.table.byteLength > 0 && rest.subarray(0, object.table.byteLength).equals(object.table)) {
      const behind = rest.subarray(object.table.byteLength);
      if (behind.byteLength > 0 && startsWithFrame(object, behind)) rest = behind;
    }
  }
  if (isOriginal(object, taken)) return undefined;
  if (rest.every((byte) => byte === 0)) return "whole frames, and no table that says how many there were";
  if (rest.equals(seekTableOf(taken))) return "whole frames, and a table that fits them";
  return undefined;
}

function startsWithFrame({ frames }: FramedObject, bytes: Buffer): boolean {
  return frames.some(({ stored }) => bytes.subarray(0, stored.byteLength).equals(stored));
}

function isOriginal({ frames }: FramedObject, taken: readonly Frame[]): boolean {
  return taken.length === frames.length && taken.every((frame, index) => frame.stored === frames[index]?.stored);
}
