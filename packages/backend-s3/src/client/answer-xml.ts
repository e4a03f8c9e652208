const TAG = /^<([A-Za-z_][\w.-]*)(?:\s[^<>]*)?>/;

/** What is wrong with a text as the whole XML of S3's with one of these roots; undefined if nothing is. */
export function xmlProblem(text: string, roots: readonly string[]): string | undefined {
  const root = rootOf(text);
  if (root === undefined) return "is no XML";
  if (!roots.includes(root)) return `is not ${roots[0]} but ${root}`;
  if (!isWhole(text, root)) return `is not whole: its ${root} does not end where it should`;
  if (/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-f]{1,6});)/i.test(text)) return "has characters that can't be read";
  // The SDK takes whatever is no number or no yes for 0 or no.
  if (/<Size\s*\/>|<Size>(?!\d{1,16}<\/Size>)/.test(text)) return "has a size that is no number";
  if (root.startsWith("List") && (text.match(/<IsTruncated>(?:true|false)<\/IsTruncated>/g) ?? []).length !== 1) {
    return "does not say whether it is the last";
  }
  return undefined;
}

/** The code of an error in S3's XML; undefined if the text is something else. */
export function errorCodeOf(text: string): string | undefined {
  if (rootOf(text) !== "Error" || !isWhole(text, "Error")) return undefined;
  return /<Code>\s*([\w.-]+)\s*<\/Code>/.exec(text)?.[1];
}

/** The name of the first element. S3 may send white space before the declaration, to keep a connection alive. */
function rootOf(text: string): string | undefined {
  return TAG.exec(text.replace(/^\s*(?:<\?xml[^>]*\?>\s*)?/, ""))?.[1];
}

/** No element of S3's lies in another of the same name, and texts hold no `<`: the root ends with the first such tag. */
function isWhole(text: string, root: string): boolean {
  const end = `</${root}>`;
  const index = text.indexOf(end);
  return index !== -1 && text.slice(index + end.length).trim() === "";
}
