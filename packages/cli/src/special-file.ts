import { stat } from "node:fs/promises";
import { Crc32c, type StoredObject } from "@sluice/core";
import { untilAborted } from "./chunks.js";
import { describeVerified } from "./describe-write.js";
import { formatDuration, formatName, formatRate, formatSize } from "./format.js";
import { localPathOf } from "./location.js";
import type { Outcome } from "./outcome.js";
import type { Progress } from "./progress.js";
import { openSpecialSink } from "./special-sink.js";

/** The path that a URI names, if a device, pipe or socket is there: `/dev/null`, `/dev/stdout`, a named pipe. */
export async function specialFileOf(uri: string): Promise<string | undefined> {
  const path = localPathOf(uri);
  if (path === undefined) return undefined;
  const found = await stat(path).catch(() => undefined);
  return found === undefined || found.isFile() || found.isDirectory() ? undefined : path;
}

export interface SpecialTarget {
  readonly path: string;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Streams an object into what can't be replaced. */
export async function intoSpecialFile(
  object: StoredObject,
  { path, progress, signal }: SpecialTarget,
): Promise<Outcome> {
  const crc = new Crc32c();
  const sink = await openSpecialSink(path, signal).catch(async (error: unknown) => {
    await object.cancel();
    throw error;
  });
  try {
    for await (const chunk of untilAborted(object, signal)) {
      crc.update(chunk);
      await sink.write(chunk);
      progress.addBytes(chunk.byteLength);
    }
  } finally {
    await sink.close();
  }
  const elapsedMs = Math.round(progress.elapsedMs);
  const size = crc.byteLength;
  const checksum = crc.digest();
  const took = `${formatDuration(elapsedMs)}, ${formatRate(size, elapsedMs)}`;
  const { verifiedBy = "none" } = object;
  return {
    kind: "result",
    value: { source: object.info.uri, path, size, checksum, verifiedBy, elapsedMs },
    lines: [`${formatName(path)}: ${formatSize(size)}, ${checksum}, ${describeVerified(verifiedBy)}, ${took}`],
  };
}
