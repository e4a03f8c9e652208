import type { CompressionOptions } from "@sluice/core";
import { extensionOf } from "./dataset-content.js";
import type { ListedObject } from "./tree.js";

/**
 * The name of a compressed target: it gains the codec's extension, so that `--decode` gives back the content and its name. A
 * target that has the extension keeps it as it is, unless the content's own name has it too: `f.gz` becomes `f.gz.gz`.
 */
export function compressedName(target: string, content: string, compression: CompressionOptions | "none"): string {
  const extension = extensionOf(compression);
  return target.endsWith(extension) && !(extension !== "" && content.endsWith(extension)) ? target : target + extension;
}

/**
 * The objects of a listing in their order; throws at the second of two that `targetOf` gives one name. A target's name has to be
 * what its source's begins with: then sources of one target lie together, and only names that the current one begins with are kept.
 */
export async function* withOwnTargets<T extends Pick<ListedObject, "key">>(
  objects: AsyncIterable<T>,
  targetOf: (key: string) => string,
  refuse: (first: string, second: string, target: string) => Error,
): AsyncGenerator<T, void, void> {
  let open: { readonly key: string; readonly target: string }[] = [];
  for await (const object of objects) {
    const { key } = object;
    const target = targetOf(key);
    open = open.filter((earlier) => key.startsWith(earlier.target));
    const first = open.find((earlier) => earlier.target === target);
    if (first !== undefined) throw refuse(first.key, key, target);
    open.push({ key, target });
    yield object;
  }
}
