import type { ObjectInfo, ObjectStore, VerifiedBy, WriteResult, WriterOptions } from "@sluice/core";
import type { Progress } from "./progress.js";
import { verifyOption } from "./read-options.js";
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
  /** Compares the source with what its store keeps of it. */
  readonly verify: boolean;
  readonly writer: WriterOptions;
  readonly progress: Progress;
  readonly signal: AbortSignal;
}

export interface CopiedObject {
  readonly result: WriteResult;
  /** By what the source was verified. */
  readonly verifiedBy: VerifiedBy;
}

/** Streams an object to another place, on whichever store; what describes it goes with it, where the store keeps such. */
export async function copyObject(options: CopyObjectOptions): Promise<CopiedObject> {
  const { from, to, decode, verify, writer, progress, signal } = options;
  const object = await from.store.get(from.key, { decode, lendChunks: true, signal, ...verifyOption(verify) });
  const { range, info } = object;
  const result = await transfer({
    ...{ store: to.store, key: to.key, progress, signal, source: object },
    writer: {
      ...writer,
      ...descriptionOf(info, to.store),
      ...(range !== undefined && { size: range.end - range.start }),
    },
  });
  return { result, verifiedBy: object.verifiedBy ?? "none" };
}

function descriptionOf({ contentType, metadata }: ObjectInfo, { capabilities }: ObjectStore): WriterOptions {
  if (!capabilities.metadata) return {};
  return { ...(contentType !== undefined && { contentType }), ...(metadata !== undefined && { metadata }) };
}
