import { open } from "node:fs/promises";

/** Changes the lowest bit of one byte of a file. */
export async function flip(file: string, offset: number): Promise<void> {
  const handle = await open(file, "r+");
  try {
    const { buffer } = await handle.read(new Uint8Array(1), 0, 1, offset);
    await handle.write(Uint8Array.of((buffer[0] as number) ^ 1), 0, 1, offset);
  } finally {
    await handle.close();
  }
}
