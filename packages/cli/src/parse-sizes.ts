import { readFile, stat } from "node:fs/promises";
import { resolve } from "node:path";
import type { SizeBucket, SizeDistribution } from "@sluice/datagen";
import { CommandError } from "./command-error.js";
import { parseSize } from "./parse-size.js";

/** The sizes of a dataset as they are typed; a histogram is still the name of a file. */
export type TypedSizes = SizeDistribution | { readonly kind: "histogram-file"; readonly path: string };

/** Where a lognormal distribution is cut unless told otherwise: far beyond what its median lets expect. */
const DEFAULT_CUT = 1000;
const MAX_HISTOGRAM_BYTES = 1 << 20;

/**
 * The sizes in a text: a size such as `64MiB`, `uniform:MIN,MAX`, `lognormal:MEDIAN,SIGMA[,MAX]` or `histogram:FILE`. Refuses
 * with a Usage error what is none of these; limits are the spec's.
 */
export function parseSizes(text: string): TypedSizes {
  const [, kind = "", rest = ""] = /^([a-z]+):(.*)$/.exec(text) ?? [];
  if (kind === "") return { kind: "fixed", bytes: parseSize(text) };
  if (kind === "histogram" && rest !== "") return { kind: "histogram-file", path: rest };
  const parts = rest.split(",");
  const [first = "", second = "", third] = parts;
  if (kind === "uniform" && parts.length === 2) {
    return { kind, minBytes: parseSize(first), maxBytes: parseSize(second) };
  }
  if (kind === "lognormal" && (parts.length === 2 || parts.length === 3)) {
    const medianBytes = parseSize(first);
    const most = Math.min(medianBytes * DEFAULT_CUT, Number.MAX_SAFE_INTEGER);
    return { kind, medianBytes, sigma: parseNumber(second), maxBytes: third === undefined ? most : parseSize(third) };
  }
  throw new CommandError(
    "Usage",
    `${JSON.stringify(text)} is no size: write 64MiB, uniform:MIN,MAX, lognormal:MEDIAN,SIGMA[,MAX] or histogram:FILE`,
  );
}

/** The typed sizes with the histogram of a file read: a line for each bucket, `SIZE WEIGHT` or `MIN-MAX WEIGHT`; # begins a comment. */
export async function readSizes(typed: TypedSizes, workingFolder: string): Promise<SizeDistribution> {
  if (typed.kind !== "histogram-file") return typed;
  const path = resolve(workingFolder, typed.path);
  const text = await readHistogram(path);
  const buckets = text.split("\n").flatMap((line, index) => bucketOf(line, `${path}, line ${index + 1}`));
  return { kind: "histogram", buckets };
}

async function readHistogram(path: string): Promise<string> {
  try {
    const { size } = await stat(path);
    if (size > MAX_HISTOGRAM_BYTES) throw new Error(`it has more than ${MAX_HISTOGRAM_BYTES} bytes`);
    return await readFile(path, "utf8");
  } catch (error) {
    throw new CommandError("Usage", `the histogram ${path} can't be read: ${(error as Error).message}`);
  }
}

function bucketOf(line: string, place: string): SizeBucket[] {
  const [content = ""] = line.split("#");
  if (content.trim() === "") return [];
  const [range = "", weight = "", ...more] = content.trim().split(/\s+/);
  const [min = "", max = min, ...ends] = range.split("-");
  if (weight === "" || more.length > 0 || ends.length > 0) {
    throw new CommandError("Usage", `${place}: a bucket is SIZE WEIGHT or MIN-MAX WEIGHT`);
  }
  try {
    return [{ minBytes: parseSize(min), maxBytes: parseSize(max), weight: parseNumber(weight) }];
  } catch (error) {
    throw new CommandError("Usage", `${place}: ${(error as Error).message}`);
  }
}

function parseNumber(text: string): number {
  if (/^[0-9]{1,12}(\.[0-9]{1,12})?$/.test(text)) return Number(text);
  throw new CommandError("Usage", `${JSON.stringify(text)} is no number`);
}
