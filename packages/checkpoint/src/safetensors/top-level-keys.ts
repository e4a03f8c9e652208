/**
 * The names at the first level of a valid JSON object, as often as they occur: `JSON.parse` keeps the last of equal names, where
 * safetensors wants the file to be refused.
 */
export function topLevelKeys(text: string): string[] {
  const keys: string[] = [];
  let depth = 0;
  let lastText = "";
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (character === '"') {
      const end = endOfText(text, index);
      if (depth === 1) lastText = text.slice(index, end);
      index = end - 1;
    } else if (character === "{" || character === "[") depth++;
    else if (character === "}" || character === "]") depth--;
    else if (character === ":" && depth === 1) keys.push(JSON.parse(lastText) as string);
  }
  return keys;
}

/** Behind the quote that ends the text that begins at `start`. */
function endOfText(text: string, start: number): number {
  for (let index = start + 1; ; index++) {
    if (text[index] === "\\") index++;
    else if (text[index] === '"') return index + 1;
  }
}
