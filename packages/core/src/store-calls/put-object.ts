import { checkOptions } from "../options.js";
import type { WriteResult, WriterOptions } from "../writer/object-writer.js";
import { chunksOf, drain, type PutSource, sizeOf } from "../writer/put-source.js";
import type { StoreContext } from "./context.js";
import { openWriterOver, WRITER_OPTION_NAMES } from "./open-writer.js";

/** Writes a whole source through a writer, which is cancelled if anything fails. */
export async function putObject(
  context: StoreContext,
  key: string,
  source: PutSource,
  options: WriterOptions,
): Promise<WriteResult> {
  checkOptions(options, WRITER_OPTION_NAMES, "put");
  const chunks = chunksOf(source);
  const size = options.size ?? sizeOf(source);
  const writer = await openWriterOver(context, key, size === undefined ? options : { ...options, size }, "put");
  try {
    await drain(chunks, (chunk) => writer.writeChunk(chunk), options.signal);
    return await writer.finalize();
  } catch (error) {
    await writer.cancel();
    throw error;
  }
}
