/** What an object's name depends on. */
interface Tree {
  readonly count: number;
  readonly depth: number;
  readonly fanOut: number;
}

const MIN_DIGITS = 6;

/** The key of object `index`: neighbours share a folder, and every folder holds the same number of objects, or one more. */
export function objectKeyOf({ count, depth, fanOut }: Tree, index: number): string {
  const digits = Math.max(MIN_DIGITS, String(count - 1).length);
  const name = `object-${String(index).padStart(digits, "0")}.bin`;
  if (depth === 0) return name;
  const folderDigits = String(fanOut - 1).length;
  // Below 10^14: exact.
  let folder = Math.floor((index * fanOut ** depth) / count);
  let path = name;
  for (let level = 0; level < depth; level++) {
    path = `d${String(folder % fanOut).padStart(folderDigits, "0")}/${path}`;
    folder = Math.floor(folder / fanOut);
  }
  return path;
}
