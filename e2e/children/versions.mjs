/** What version n of the object holds: its number in the first 8 bytes, and a size and bytes that follow from it. */
export function versionContent(version) {
  const content = Buffer.alloc(8 + 100_000 + ((version * 7_654_321) % 6_000_000), `version ${version};`);
  content.writeBigUInt64LE(BigInt(version), 0);
  return content;
}

/** The version that `content` is, whole; an error if it is none. */
export function wholeVersion(content) {
  if (content.length < 8) throw new Error(`only ${content.length} bytes`);
  const version = Number(content.readBigUInt64LE(0));
  if (!versionContent(version).equals(content)) throw new Error(`version ${version} is not whole`);
  return version;
}
