import { constants } from "node:fs";
import { type FileHandle, open, stat } from "node:fs/promises";
import type { IoMode, ResolvedRange } from "@sluice/core";
import { type FileIo, type FileReadOptions, type FileWriter, nativeCode } from "@sluice/core/local";
import { copyThroughSlabs } from "./copy-file.js";
import { explainInvalid } from "./errors.js";
import type { SlabPool } from "./pool/slab-pool.js";
import { readThroughSlabs } from "./read-slabs.js";
import { SlabWriter } from "./slab-writer.js";

/** What bounds the memory of one writer or reader. */
export interface SlabLimits {
  readonly pool: SlabPool;
  /** Writes or reads under way at once. */
  readonly buffersInFlight: number;
}

/** Writes and reads whole slabs, aligned for direct I/O; with mode `buffered` the same through the page cache. */
export class SlabIo implements FileIo {
  readonly ioMode: IoMode;
  readonly limits: SlabLimits;
  /** Offsets, lengths and addresses are multiples of this. */
  readonly alignmentBytes: number;

  constructor(limits: SlabLimits, ioMode: IoMode, alignmentBytes: number) {
    this.limits = limits;
    this.ioMode = ioMode;
    this.alignmentBytes = alignmentBytes;
  }

  async open(path: string, flags: number, permissions?: number): Promise<FileHandle> {
    if (this.ioMode === "buffered") return open(path, flags, permissions);
    try {
      return await open(path, flags | constants.O_DIRECT, permissions);
    } catch (error) {
      // Folders are refused in the same way as files that take no O_DIRECT; whoever opens them says what they are.
      if (nativeCode(error) === "EINVAL" && !(await stat(path)).isFile()) return open(path, flags, permissions);
      throw explainInvalid(error, "open");
    }
  }

  createWriter(handle: FileHandle): FileWriter {
    return new SlabWriter(handle, this.limits, this.alignmentBytes);
  }

  read(handle: FileHandle, range: ResolvedRange, options: FileReadOptions): AsyncIterable<Uint8Array> {
    return readThroughSlabs(handle, range, this.limits, this.alignmentBytes, options);
  }

  copyFile(source: string, target: string, signal: AbortSignal | undefined): Promise<void> {
    return copyThroughSlabs(this, source, target, signal);
  }
}
