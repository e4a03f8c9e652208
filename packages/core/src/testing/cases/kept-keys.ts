import { expectError, expectListed, expectObject } from "../assertions.js";
import type { ConformanceCase } from "../conformance-case.js";
import { byUtf8, expectHeld, expectKept, putOrRefused } from "../keys.js";

const SEGMENT_BYTES = 200;
const LONG_KEY_BYTES = 1000;

/** K1 to K10: keys are kept verbatim. */
export const keptKeyCases: readonly ConformanceCase[] = [
  keptCase("K1", "spaces and plus signs", ["a b", " a", "a+b", "a%20b", "+", "c d/e f"]),
  keptCase("K2", "percent signs, also before hex digits,", ["%", "100%", "%2F", "a%2Fb", "%25", "%252F", "%zz", "%00"]),
  keptCase("K3", "hashes and question marks", ["a#b", "a?b", "a?b=c&d#e", "#", "?", "?versionId=1"]),
  keptCase("K4", "ampersands, equal signs and other punctuation", [
    "a&b",
    "a=b",
    "a;b,c:d@e!f$g'h(i)j~k^l",
    "[x]{y}",
    "&amp;",
  ]),
  keptCase("K5", "letters and emoji beyond ASCII", ["ключ", "鍵/キー", "😀", "🎈/👩‍👩‍👧", "\uFFFD", "\uFEFFa"]),
  keptCase("K6", "names that look like something else", [
    "a..b",
    ".hidden",
    "~",
    "-rf",
    "CON.txt",
    "__proto__",
    "constructor",
    "null",
  ]),
  choiceCase("K7", "quotes, backslashes, trailing dots and control characters", [
    'a"b',
    "a\\b",
    "a*b",
    "<a>|b",
    "a.",
    "...",
    "a ",
    "a\tb",
    "a\nb",
    "a\rb",
    "\u007F",
    "\u0001",
  ]),
  {
    id: "K8",
    name: "keys that differ by case or by Unicode normalization alone are kept apart, or refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      for (const [first, second] of [
        ["caf\u00E9", "cafe\u0301"],
        ["Object", "object"],
      ] as const) {
        await store.put(first, "first");
        const isKept = await putOrRefused(store, second, "second");
        await expectObject(store, first, "first");
        if (isKept) await expectObject(store, second, "second");
        await expectListed(store, (isKept ? [first, second] : [first]).sort(byUtf8));
        await store.deleteMany([first, second]);
      }
    },
  },
  {
    id: "K9",
    name: `deep keys and keys of ${LONG_KEY_BYTES} bytes are kept`,
    needs: [],
    run: async ({ store }) => {
      const { maxKeyBytes } = store.capabilities;
      const basePath = store.uri.slice(store.uri.indexOf("/", store.uri.indexOf("//") + 2) + 1);
      const byteLength = Math.min(LONG_KEY_BYTES, maxKeyBytes - Buffer.byteLength(basePath));
      const segments = `${"s".repeat(SEGMENT_BYTES - 1)}/`.repeat(Math.ceil(byteLength / SEGMENT_BYTES));
      const long = `${segments.slice(0, byteLength - 1)}x`;
      await expectKept(store, [long, "é".repeat(SEGMENT_BYTES / 2), "d/".repeat(50).concat("deep")]);
    },
  },
  {
    id: "K10",
    name: "empty segments, a first or final slash and dot segments are ordinary where anyKey, else refused with InvalidArgument",
    needs: [],
    run: async ({ store }) => {
      const keys = [
        "a//b",
        "/a",
        "a/",
        "/",
        "//",
        "./a",
        "a/./b",
        "../x",
        "a/../../x",
        "a/..",
        ".",
        "..",
        "/etc/passwd",
      ];
      if (store.capabilities.anyKey) return expectKept(store, keys);
      for (const key of keys) {
        await expectError("InvalidArgument", `put of ${JSON.stringify(key)}`, () => store.put(key, "x"));
      }
      await expectListed(store, []);
    },
  },
];

function keptCase(id: string, what: string, keys: readonly string[]): ConformanceCase {
  return { id, name: `${what} are kept in keys`, needs: [], run: ({ store }) => expectKept(store, keys) };
}

function choiceCase(id: string, what: string, keys: readonly string[]): ConformanceCase {
  return {
    id,
    name: `${what} are kept in keys, or refused with InvalidArgument`,
    needs: [],
    run: async ({ store }) => {
      const kept: string[] = [];
      for (const key of keys) if (await putOrRefused(store, key, key)) kept.push(key);
      await expectHeld(store, kept);
    },
  };
}
