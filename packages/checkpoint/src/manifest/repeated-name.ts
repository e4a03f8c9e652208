/**
 * A name that stands twice in one object of a valid JSON text, at any depth; undefined if there is none. `JSON.parse` keeps the last of equal
 * names, other readers the first: such a text says two things.
 */
export function repeatedName(text: string): string | undefined {
  /** The names of each object that is open; undefined for a list. */
  const open: (Set<string> | undefined)[] = [];
  let lastText = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      const end = endOfText(text, index);
      lastText = text.slice(index, end);
      index = end - 1;
    } else if (character === "{") open.push(new Set());
    else if (character === "[") open.push(undefined);
    else if (character === "}" || character === "]") open.pop();
    else if (character === ":") {
      const names = open.at(-1);
      const name = JSON.parse(lastText) as string;
      if (names?.has(name) === true) return name;
      names?.add(name);
    }
  }
  return undefined;
}

/** Behind the quote that ends the text that begins at `start`. */
function endOfText(text: string, start: number): number {
  for (let index = start + 1; ; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === '"') return index + 1;
  }
}
