import { type FileHandle, open, readFile } from "node:fs/promises";
import { crc32c } from "@sluice/core";
import { fromNodeError } from "@sluice/core/local";
import { CommandError } from "./command-error.js";
import { formatDataset } from "./dataset.js";
import type { ParsedDataset } from "./parse-dataset.js";
import type { Sample } from "./sample.js";
import { ofFile } from "./source-error.js";
import type { BadObject } from "./verify-dataset.js";

/** Lines are written in pieces of about so many characters; a killed run loses what is not written, and looks at it again. */
const FLUSH_CHARACTERS = 16_384;

interface Header {
  readonly format: "sluice-verify";
  readonly version: 1;
  /** The manifest's URI: a copy of the dataset has objects of its own, which nobody has looked at. */
  readonly uri: string;
  /** The CRC-32C of the dataset's manifest: results of another dataset are of no use. */
  readonly dataset: string;
  readonly sample: { readonly share: number; readonly seed: string } | null;
}

/**
 * A verification's results as JSON lines: first what was verified, then a line for each object as it is done,
 * `{"index":7,"ok":true}` or the bad object with all that is known of it. A run that was stopped goes on from there.
 */
export class VerifyLog {
  readonly #handle: FileHandle;
  readonly #done: Uint8Array;
  readonly earlierBad: readonly BadObject[];
  /** How many objects an earlier run has looked at. */
  readonly earlierObjects: number;
  #pending = "";

  /** Begins a new file, or with `isResumed` goes on with one that is of the same dataset and sample. */
  static async open(
    path: string,
    uri: string,
    parsed: ParsedDataset,
    sample: Sample | undefined,
    isResumed: boolean,
  ): Promise<VerifyLog> {
    const header: Header = {
      ...{ format: "sluice-verify", version: 1, uri, dataset: crc32c(formatDataset(parsed.dataset)) },
      sample: sample === undefined ? null : { share: sample.share, seed: sample.seed.toString() },
    };
    const first = `${JSON.stringify(header)}\n`;
    try {
      const before = isResumed ? await readIfThere(path) : "";
      // A run that was killed may have left half a line.
      const whole = before.slice(0, before.lastIndexOf("\n") + 1);
      if (whole !== "" && !whole.startsWith(first)) {
        const message = `${path} is no report of this dataset and sample; give another file, or leave --resume out`;
        throw new CommandError("Usage", message);
      }
      const earlier = parseLines(whole.slice(first.length), path, parsed.dataset.totals.objects);
      const handle = await open(path, isResumed ? "a" : "w");
      const log = new VerifyLog(handle, earlier);
      await handle.truncate(Buffer.byteLength(whole));
      if (whole === "") await log.#write(first);
      return log;
    } catch (error) {
      throw ofFile(error, path);
    }
  }

  private constructor(handle: FileHandle, { done, bad }: Earlier) {
    this.#handle = handle;
    this.#done = done;
    this.earlierBad = bad;
    this.earlierObjects = done.reduce((sum, isDone) => sum + isDone, 0);
  }

  /** Whether an earlier run has looked at an object. */
  hasDone(index: number): boolean {
    return this.#done[index] === 1;
  }

  async add(index: number, bad: BadObject | undefined): Promise<void> {
    this.#pending += `${JSON.stringify(bad === undefined ? { index, ok: true } : { ...bad, ok: false })}\n`;
    if (this.#pending.length >= FLUSH_CHARACTERS) await this.#flush();
  }

  /** Writes what is left, whether the run came to its end or not. */
  async close(): Promise<void> {
    try {
      await this.#flush();
    } finally {
      await this.#handle.close();
    }
  }

  async #flush(): Promise<void> {
    const text = this.#pending;
    this.#pending = "";
    if (text !== "") await this.#write(text);
  }

  async #write(text: string): Promise<void> {
    try {
      await this.#handle.appendFile(text);
    } catch (error) {
      throw fromNodeError(error);
    }
  }
}

/** What an earlier run has looked at, a byte for each object, and what it found. */
interface Earlier {
  readonly done: Uint8Array;
  readonly bad: readonly BadObject[];
}

function parseLines(lines: string, path: string, objects: number): Earlier {
  const done = new Uint8Array(objects);
  const bad: BadObject[] = [];
  for (const [number, line] of lines.split("\n").entries()) {
    if (line === "") continue;
    const { ok, ...result } = parseLine(line, `${path}, line ${number + 2}`, objects);
    done[result.index] = 1;
    if (!ok) bad.push(result);
  }
  return { done, bad };
}

async function readIfThere(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return "";
    throw error;
  }
}

function parseLine(line: string, place: string, objects: number): BadObject & { readonly ok: boolean } {
  try {
    const result = JSON.parse(line) as BadObject & { readonly ok: boolean };
    const { index, ok, key, uri, reason } = result;
    const isPlaced = Number.isSafeInteger(index) && index >= 0 && index < objects;
    const isKnown =
      ["missing", "damaged", "manifest"].includes(reason) && [key, uri].every((text) => typeof text === "string");
    if (isPlaced && (ok === true || (ok === false && isKnown))) return result;
  } catch {
    // The same as a line that is JSON, but none of these.
  }
  throw new CommandError("BadData", `${place}: it is no result of an object; leave --resume out to begin anew`);
}
