import { ObjectStoreError } from "../errors.js";
import { checkInteger, checkOptions } from "../options.js";

export type Codec = "zstd" | "gzip";

export interface CompressionOptions {
  readonly codec: Codec;
  /** zstd 1 to 22 (default 3), gzip 1 to 9 (default 6). */
  readonly level?: number;
  /** Threads that compress, so that this one is free for other things. Default 0: none. */
  readonly workers?: number;
  /** `none` keeps the key as it is. Default: the key gains `.zst` or `.gz` unless it has it. */
  readonly extension?: "none";
}

/** Options whose defaults are filled in. */
export type CheckedCompression = CompressionOptions & Required<Pick<CompressionOptions, "level" | "workers">>;

/** The most threads that compress for one writer. */
const MAX_WORKERS = 64;

interface CodecFacts {
  readonly extension: string;
  readonly defaultLevel: number;
  readonly maximumLevel: number;
}

const CODECS: Readonly<Record<Codec, CodecFacts>> = {
  zstd: { extension: ".zst", defaultLevel: 3, maximumLevel: 22 },
  gzip: { extension: ".gz", defaultLevel: 6, maximumLevel: 9 },
};

/** The options with the level filled in; InvalidArgument for an unknown codec, level or option. */
export function checkCompression(
  options: CompressionOptions | "none" | undefined,
  operation: string,
): CheckedCompression | "none" {
  if (options === undefined || options === "none") return "none";
  checkOptions(options, ["codec", "level", "workers", "extension"], `${operation}: compression`);
  const { defaultLevel, maximumLevel } = CODECS[checkCodec(options.codec, operation)];
  const level = options.level ?? defaultLevel;
  checkInteger(level, `${options.codec} level`, 1, maximumLevel, operation);
  const workers = options.workers ?? 0;
  checkInteger(workers, "compression workers", 0, MAX_WORKERS, operation);
  if (options.extension !== undefined && options.extension !== "none") {
    throw new ObjectStoreError("InvalidArgument", `${operation}: compression extension can only be "none"`, {
      operation,
    });
  }
  return { ...options, level, workers };
}

export function checkCodec(codec: unknown, operation: string): Codec {
  if (typeof codec === "string" && Object.hasOwn(CODECS, codec)) return codec as Codec;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: unknown codec ${JSON.stringify(codec)} (known: ${Object.keys(CODECS).join(", ")})`,
    { operation },
  );
}

/** The key a compressed object gets: with the codec's extension, which is never added twice. */
export function compressedKey(key: string, compression: CompressionOptions | "none"): string {
  if (compression === "none" || compression.extension === "none") return key;
  const { extension } = CODECS[compression.codec];
  return key.endsWith(extension) ? key : key + extension;
}

/** The codec that a key's extension names. */
export function codecOfKey(key: string): Codec | undefined {
  return (Object.keys(CODECS) as Codec[]).find((codec) => key.endsWith(CODECS[codec].extension));
}
