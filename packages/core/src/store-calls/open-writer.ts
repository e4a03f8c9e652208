import { Crc32c } from "../checksum/crc32c.js";
import {
  type CheckedCompression,
  type CompressionOptions,
  checkCompression,
  compressedKey,
} from "../compression/codec.js";
import { prepareEncoder } from "../compression/encoder.js";
import { ObjectStoreError } from "../errors.js";
import { checkEtag, checkInteger, checkOptions } from "../options.js";
import type { SinkOptions } from "../sink/sink.js";
import type { ObjectWriter, WriteResult, WriterOptions } from "../writer/object-writer.js";
import { PipelineWriter } from "../writer/pipeline-writer.js";
import type { StoreContext } from "./context.js";

/** The names of all {@link WriterOptions}. */
export const WRITER_OPTION_NAMES: readonly (keyof WriterOptions)[] = [
  "compression",
  "size",
  "ifNotExists",
  "ifMatch",
  "contentType",
  "metadata",
  "readback",
  "signal",
];

/** Checks everything, then opens the sink and the writer over it. */
export async function openWriterOver(
  context: StoreContext,
  key: string,
  options: WriterOptions,
  operation: string,
): Promise<ObjectWriter> {
  checkWriterOptions(context, options, operation);
  const compression = checkCompression(options.compression, operation);
  const finalKey = compressedKey(key, compression);
  const driverKey = context.keyFor(finalKey, operation);
  const sinkOptions: SinkOptions = {
    ...(options.size !== undefined && compression === "none" && { storedSize: options.size }),
    ...(options.ifNotExists === true && { ifNotExists: true }),
    ...(options.ifMatch !== undefined && { ifMatch: options.ifMatch }),
    ...(options.contentType !== undefined && { contentType: options.contentType }),
    ...(options.metadata !== undefined && { metadata: options.metadata }),
    ...(options.signal !== undefined && { signal: options.signal }),
  };
  const createEncoder = await prepareEncoder(compression);
  return new PipelineWriter({
    key: finalKey,
    uri: context.uriOf(finalKey),
    backend: context.driver.backend,
    sink: await context.driver.openSink(driverKey, sinkOptions),
    compression: described(compression),
    createEncoder,
    ...(options.size !== undefined && { expectedBytes: options.size }),
    ...(options.signal !== undefined && { signal: options.signal }),
    ...(options.readback === true && {
      afterCommit: (result: WriteResult) => readBack(context, driverKey, result, options.signal),
    }),
  });
}

/** What of the compression concerns the object. */
function described(compression: CheckedCompression | "none"): CompressionOptions | "none" {
  if (compression === "none") return "none";
  const { workers: _workers, ...rest } = compression;
  return rest;
}

function checkWriterOptions(context: StoreContext, options: WriterOptions, operation: string): void {
  checkOptions(options, WRITER_OPTION_NAMES, operation);
  const { capabilities } = context.driver;
  const { size, ifNotExists, ifMatch, contentType, metadata } = options;
  if (size !== undefined) checkInteger(size, "size", 0, Number.MAX_SAFE_INTEGER, operation);
  if (ifNotExists === true && ifMatch !== undefined) {
    throw new ObjectStoreError("InvalidArgument", `${operation}: give ifNotExists or ifMatch, not both`, { operation });
  }
  checkEtag(ifMatch, operation);
  if (ifNotExists === true) context.require(capabilities.ifNotExists, "ifNotExists", operation);
  if (ifMatch !== undefined) context.require(capabilities.ifMatch, "ifMatch", operation);
  if (contentType !== undefined) context.require(capabilities.metadata, "contentType", operation);
  if (metadata !== undefined) context.require(capabilities.metadata, "metadata", operation);
}

/** Reads the version just written and compares it with what was handed over. */
async function readBack(
  context: StoreContext,
  driverKey: string,
  result: WriteResult,
  signal: AbortSignal | undefined,
): Promise<WriteResult> {
  const crc = new Crc32c();
  const read = await context.driver.read(driverKey, {
    lendChunks: true,
    ...(result.etag !== undefined && { ifMatch: result.etag }),
    ...(signal !== undefined && { signal }),
  });
  for await (const chunk of read.body) crc.update(chunk);
  if (crc.digest() === result.storedChecksum && crc.byteLength === result.storedSize) {
    return { ...result, verifiedBy: result.verifiedBy === "server" ? "server" : "readback" };
  }
  throw new ObjectStoreError("ChecksumMismatch", `${result.uri} was published but reads back differently`, {
    expected: result.storedChecksum,
    actual: crc.digest(),
    bytes: crc.byteLength,
  });
}
