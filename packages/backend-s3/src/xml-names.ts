/** What XML 1.0 holds, and parsers give back as it was: no control characters, which are refused, and no U+FFFE or U+FFFF. */
const PLAIN = /^[\u{20}-\u{7e}\u{a0}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]*$/u;

/** Whether a name comes through XML as it is, whoever writes and reads the XML. */
export function isPlainInXml(name: string): boolean {
  return PLAIN.test(name) && name.trim() === name;
}

/**
 * Whether an answer gives back a name that was asked for, as it is or url-encoded. One that is absent fits, and so does any
 * where XML may have changed the name.
 */
export function fits(echo: string | undefined, asked: string): boolean {
  return echo === undefined || echo === asked || !isPlainInXml(asked) || decodeUrl(echo) === asked;
}

/** A url-encoded name, in which S3 writes a space as `+` and a plus as `%2B`; undefined if the text is none. */
export function decodeUrl(text: string): string | undefined {
  try {
    return decodeURIComponent(text.replaceAll("+", "%20"));
  } catch {
    return undefined;
  }
}
