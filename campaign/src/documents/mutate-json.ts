import type { Draw } from "../draw.js";

export interface MutatedText {
  readonly words: string;
  readonly text: string;
}

/** Changes a JSON document in its structure, a value's type or size, or in its text. */
export function mutateJson(draw: Draw, text: string): MutatedText {
  return draw.one([...VALUE_MUTATIONS, ...VALUE_MUTATIONS, ...TEXT_MUTATIONS])(draw, text);
}

type Mutation = (draw: Draw, text: string) => MutatedText;

/** Stands for text that JSON.stringify would not write. */
const RAW = "\u{e000}raw";

const VALUES: readonly (readonly [string, unknown])[] = [
  ...([
    ["null", null],
    ["an object", {}],
    ["an array", []],
    ["a text", "x"],
    ["no text", ""],
    ["true", true],
  ] as const),
  ...([
    ["-1", -1],
    ["a fraction", 0.5],
    ["2^53 + 1", 2 ** 53 + 2],
    ["a long text", "9".repeat(5000)],
  ] as const),
  ...([
    ["NaN", `${RAW}NaN`],
    ["1e400", `${RAW}1e400`],
    ["-0", `${RAW}-0`],
    ["a bare word", `${RAW}undefined`],
  ] as const),
  ...([
    ["half a surrogate pair", `${RAW}"\\ud800"`],
    ["a path upwards", "../../etc/passwd"],
    ["NUL", "\0"],
  ] as const),
  ["deep arrays", `${RAW}${"[".repeat(20_000)}${"]".repeat(20_000)}`],
  ["__proto__", `${RAW}{"__proto__":{"polluted":true}}`],
];

const VALUE_MUTATIONS: readonly Mutation[] = [
  (draw, text) => {
    const [name, value] = draw.one(VALUES);
    return atPlace(draw, text, `became ${name}`, () => value);
  },
  (draw, text) => atPlace(draw, text, "is missing", () => undefined),
  (draw, text) => {
    const by = draw.one([1, -1, 1000]);
    return atPlace(draw, text, `moved by ${by}`, (value) => (typeof value === "number" ? value + by : value));
  },
  (draw, text) =>
    atPlace(draw, text, "is repeated", (value) => (Array.isArray(value) ? [...value, ...value] : [value, value])),
  (draw, text) =>
    atPlace(draw, text, "is emptied", (value) => (Array.isArray(value) ? [] : typeof value === "object" ? {} : "")),
];

const TEXT_MUTATIONS: readonly Mutation[] = [
  (draw, text) => {
    const at = draw.integer(0, text.length - 1);
    return { words: `cut to ${at} of ${text.length}`, text: text.slice(0, at) };
  },
  (_draw, text) => ({ words: "a byte order mark", text: `\u{feff}${text}` }),
  (draw, text) => ({ words: "text behind it", text: text + draw.one(["x", "{}", "\0", "\n\n", text]) }),
  (draw) => ({
    words: "another document",
    text: draw.one(["", "null", "[]", "{}", "0", "<html></html>", '"x"', "\0\0\0\0"]),
  }),
  (draw, text) => {
    const at = draw.integer(0, text.length - 1);
    const other = String.fromCharCode(text.charCodeAt(at) ^ (1 << draw.integer(0, 6)));
    return {
      words: `character ${at} became ${JSON.stringify(other)}`,
      text: text.slice(0, at) + other + text.slice(at + 1),
    };
  },
  (draw, text) => {
    const names = [...text.matchAll(/"([\w-]+)"\s*:/g)];
    const name = names.length === 0 ? "x" : (draw.one(names)[1] as string);
    return {
      words: `${name} comes a second time`,
      text: text.replace(/\}\s*$/, `,"${name}":${draw.one(["null", "0", '"x"'])}}`),
    };
  },
];

/** Changes one value, wherever it lies in the document. */
function atPlace(draw: Draw, text: string, words: string, change: (value: unknown) => unknown): MutatedText {
  const places: (readonly (string | number)[])[] = [];
  const visit = (value: unknown, path: readonly (string | number)[]): void => {
    places.push(path);
    if (typeof value !== "object" || value === null) return;
    for (const [name, inner] of Object.entries(value))
      visit(inner, [...path, Array.isArray(value) ? Number(name) : name]);
  };
  const document: unknown = JSON.parse(text);
  visit(document, []);
  const place = draw.one(places);
  const changed = JSON.stringify(replaced(document, place, change)) ?? "";
  const raw = new RegExp(`"${RAW}((?:[^"\\\\]|\\\\.)*)"`, "g");
  return {
    words: `${place.length === 0 ? "the document" : place.join(".")} ${words}`,
    text: changed.replace(raw, (quoted) => (JSON.parse(quoted) as string).slice(RAW.length)),
  };
}

function replaced(
  value: unknown,
  [name, ...rest]: readonly (string | number)[],
  change: (value: unknown) => unknown,
): unknown {
  if (name === undefined) return change(value);
  const copy: unknown = Array.isArray(value) ? [...value] : { ...(value as object) };
  const inner = replaced((value as Record<string | number, unknown>)[name], rest, change);
  const target = copy as Record<string | number, unknown>;
  if (inner !== undefined) target[name] = inner;
  else if (Array.isArray(copy)) copy.splice(Number(name), 1);
  else delete target[name];
  return copy;
}
