import type { ObjectInfo, ObjectStore, WriteResult, WriterOptions } from "@sluice/core";
import type { Progress } from "./progress.js";
import { transfer } from "./transfer.js";

interface ObjectPlace {
  readonly store: ObjectStore;
  readonly key: string;
}

export interface CopyObjectOptions {
  readonly from: ObjectPlace;
  readonly to: ObjectPlace;
  /** Decodes by the source's extension. */
  readonly decode: boolean;
  readonly writer: WriterOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

/** Streams an object to another place, on whichever store; what describes it goes with it, where the store keeps such. */
export async function copyObject(options: CopyObjectOptions): Promise<WriteResult> {
  const { from, to, decode, writer, progress, signal } = options;
  const object = await from.store.get(from.key, { decode, lendChunks: true, signal });
  const { range, info } = object;
  const isVerbatim = !decode && info.storedChecksum !== undefined;
  return transfer({
    ...{ store: to.store, key: to.key, progress, signal, source: object },
    ...(isVerbatim && { sourceChecksum: info.storedChecksum }),
    writer: {
      ...writer,
      ...descriptionOf(info, to.store),
      ...(range !== undefined && { size: range.end - range.start }),
    },
  });
}

function descriptionOf({ contentType, metadata }: ObjectInfo, { capabilities }: ObjectStore): WriterOptions {
  if (!capabilities.metadata) return {};
  return { ...(contentType !== undefined && { contentType }), ...(metadata !== undefined && { metadata }) };
}
