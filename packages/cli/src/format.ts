const UNITS = ["KiB", "MiB", "GiB", "TiB", "PiB"] as const;

/** Bytes for people, to three digits: `64 MiB`, `1.5 GiB`, `10 B`. */
export function formatSize(bytes: number): string {
  if (bytes < 1024) return `${Math.round(bytes)} B`;
  let value = bytes;
  let unit = "B";
  for (const next of UNITS) {
    // 1,023.5 would show as 1024 of the smaller unit.
    if (value < 1023.5) break;
    value /= 1024;
    unit = next;
  }
  return `${threeDigits(value)} ${unit}`;
}

/** Bytes a second for people. */
export function formatRate(bytes: number, elapsedMs: number): string {
  return `${formatSize((bytes * 1000) / Math.max(elapsedMs, 1))}/s`;
}

/** A time span for people: `15 ms`, `3.2 s`, `1 min 5 s`, `2 h 3 min`. */
export function formatDuration(elapsedMs: number): string {
  if (elapsedMs < 999.5) return `${Math.round(elapsedMs)} ms`;
  if (elapsedMs < 59_950) return `${(elapsedMs / 1000).toFixed(1)} s`;
  const seconds = Math.round(elapsedMs / 1000);
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  const minutes = Math.round(seconds / 60);
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `1 object`, `2 objects`. */
export function formatCount(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

/** A name as a terminal may show it: quoted if it holds control characters, which could otherwise steer the terminal. */
export function formatName(name: string): string {
  const escaped = name.replaceAll(/\p{Cc}|[\u2028\u2029]/gu, (character) => {
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
  });
  return escaped === name ? name : `"${escaped}"`;
}

function threeDigits(value: number): string {
  const decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;
  const text = value.toFixed(decimals);
  return decimals === 0 ? text : text.replace(/\.?0+$/, "");
}
