import type { FileHandle } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { readSlab, writeSlab } from "../src/transfer.js";

const BLOCK = 4096;

/** A file whose calls transfer no more than the next of `limits`, and then everything. */
function shortFile(content: Uint8Array, limits: number[]): { handle: FileHandle; calls: [number, number][] } {
  const calls: [number, number][] = [];
  const transfer = (length: number, position: number): number => {
    calls.push([position, length]);
    return Math.min(length, limits.shift() ?? length);
  };
  const handle = {
    write: async (slab: Uint8Array, offset: number, length: number, position: number) => {
      const bytesWritten = transfer(length, position);
      content.set(slab.subarray(offset, offset + bytesWritten), position);
      return { bytesWritten };
    },
    read: async (slab: Uint8Array, offset: number, length: number, position: number) => {
      const bytesRead = Math.min(transfer(length, position), Math.max(0, content.byteLength - position));
      slab.set(content.subarray(position, position + bytesRead), offset);
      return { bytesRead };
    },
  };
  return { handle: handle as unknown as FileHandle, calls };
}

const refusing = (code: string): FileHandle => {
  const refuse = async (): Promise<never> => {
    throw Object.assign(new Error(code), { code });
  };
  return { write: refuse, read: refuse } as unknown as FileHandle;
};

const numbered = (bytes: number): Uint8Array => new Uint8Array(bytes).map((_, index) => index * 31 + (index >> 8));

describe("writing", () => {
  test("goes on after short writes, always from an aligned byte", async () => {
    const slab = numbered(8 * BLOCK);
    const content = new Uint8Array(9 * BLOCK);
    const { handle, calls } = shortFile(content, [BLOCK + 100, 2 * BLOCK, 3 * BLOCK - 1]);
    await writeSlab(handle, slab, slab.byteLength, BLOCK, BLOCK);
    expect(content.subarray(BLOCK)).toEqual(slab);
    for (const [position, length] of calls) expect([position % BLOCK, length % BLOCK]).toEqual([0, 0]);
    expect(calls).toHaveLength(4);
  });

  test("fails where the system writes less than a block and says nothing", async () => {
    const { handle } = shortFile(new Uint8Array(BLOCK), [10]);
    await expect(writeSlab(handle, numbered(BLOCK), BLOCK, 0, BLOCK)).rejects.toMatchObject({ code: "Internal" });
  });

  test("EINVAL is Unsupported and names the remedy, other errors are as they were", async () => {
    await expect(writeSlab(refusing("EINVAL"), numbered(BLOCK), BLOCK, 0, BLOCK)).rejects.toMatchObject({
      code: "Unsupported",
      message: expect.stringContaining('mode: "preferred"'),
    });
    await expect(readSlab(refusing("EINVAL"), numbered(BLOCK), BLOCK, 0, BLOCK)).rejects.toMatchObject({
      code: "Unsupported",
    });
    await expect(writeSlab(refusing("ENOSPC"), numbered(BLOCK), BLOCK, 0, BLOCK)).rejects.toMatchObject({
      code: "ENOSPC",
    });
  });
});

describe("reading", () => {
  test("goes on after a short read that ends aligned, and stops at the file's end", async () => {
    const content = numbered(3 * BLOCK + 17);
    const { handle, calls } = shortFile(content, [BLOCK]);
    const slab = new Uint8Array(8 * BLOCK);
    expect(await readSlab(handle, slab, slab.byteLength, 0, BLOCK)).toBe(content.byteLength);
    expect(slab.subarray(0, content.byteLength)).toEqual(content);
    expect(calls).toEqual([
      [0, 8 * BLOCK],
      [BLOCK, 7 * BLOCK],
    ]);
  });

  test("reads nothing behind the file's end", async () => {
    const { handle } = shortFile(numbered(BLOCK), []);
    expect(await readSlab(handle, new Uint8Array(BLOCK), BLOCK, 2 * BLOCK, BLOCK)).toBe(0);
  });
});
