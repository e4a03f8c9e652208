import type { ObjectStore, WriteResult, WriterOptions } from "@sluice/core";
import { type Recipe, StreamingDataWriter } from "@sluice/datagen";

/** One object of a dataset to write. */
export interface ObjectRequest {
  readonly key: string;
  readonly recipe: Recipe;
  readonly writer: WriterOptions;
}

interface GenerateObjectOptions {
  /** Threads that generate for this one. */
  readonly workers?: number;
  readonly signal: AbortSignal;
  /** Told how many bytes were generated since it was told last. */
  readonly onBytes: (bytes: number) => void;
}

/** Generates one object into a store; if that fails, or `signal` fires, it leaves nothing. */
export async function generateObject(
  store: ObjectStore,
  { key, recipe, writer: options }: ObjectRequest,
  { workers = 0, signal, onBytes }: GenerateObjectOptions,
): Promise<WriteResult> {
  const writer = await StreamingDataWriter.create({ store, key }, { ...recipe, writer: options, workers });
  try {
    let before = 0;
    const onProgress = (bytes: number): void => {
      onBytes(bytes - before);
      before = bytes;
    };
    await writer.generateRemaining({ signal, onProgress });
    return await writer.finalize();
  } catch (error) {
    await writer.cancel().catch(() => undefined);
    throw error;
  }
}
