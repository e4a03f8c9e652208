import { type Codec, checkOptions, codecOfKey, type ObjectStore } from "@sluice/core";
import { headerBytes, malformed, PREFIX_BYTES, parseHeader } from "./header.js";
import { SafetensorsFile } from "./safetensors-file.js";

export interface OpenSafetensorsOptions {
  /** `true` (default): by the key's extension. A codec: that one. `false`: as it is stored. */
  readonly decode?: boolean | Codec;
  readonly signal?: AbortSignal;
}

/**
 * Reads the header of a safetensors object, compressed or not. ChecksumMismatch for one that is not as the format has it, with
 * what is wrong; no memory is taken for what its length claims before the object is known to be that long.
 */
export async function openSafetensors(
  store: ObjectStore,
  key: string,
  options: OpenSafetensorsOptions = {},
): Promise<SafetensorsFile> {
  checkOptions(options, ["decode", "signal"], "openSafetensors");
  const { decode = true, signal } = options;
  const codec = decode === true ? codecOfKey(key) : decode === false ? undefined : decode;
  const call = { ...(codec !== undefined && { decode: codec }), ...(signal !== undefined && { signal }) };
  const uri = store.uriOf(key);
  // An empty range at the end: how long the content is, without reading it.
  const end = await store.get(key, { ...call, range: { suffix: 0 } });
  await end.cancel();
  const { etag } = end.info;
  const fileBytes = end.range?.end;
  if (fileBytes === undefined) throw malformed(uri, "its length is not known");
  const pinned = { ...call, ifMatch: etag };
  const prefix = await store.getRange(key, { start: 0, end: PREFIX_BYTES }, pinned);
  const length = headerBytes(prefix, fileBytes, uri);
  const header = await store.getRange(key, { start: PREFIX_BYTES, end: PREFIX_BYTES + length }, pinned);
  return new SafetensorsFile({ store, key, decode: codec, etag }, parseHeader(header, fileBytes, uri));
}
