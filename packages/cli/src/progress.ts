import type { Writable } from "node:stream";
import { formatCount, formatDuration, formatRate, formatSize } from "./format.js";

/** Between two redraws at least. */
const REDRAW_MS = 100;

const DEFAULT_COLUMNS = 80;

/** Moves to the line's beginning and clears to its end (ECMA-48, EL). */
const CLEAR_LINE = "\r\u001b[K";

export interface ProgressTotals {
  /** Bytes to come, if known. */
  readonly bytes?: number;
  /** Objects to come, if known. */
  readonly objects?: number;
}

export interface ProgressOptions {
  /** Where the line is drawn; without it nothing is. */
  readonly terminal?: Writable & { readonly columns?: number };
  readonly totals?: ProgressTotals;
  /** A clock in milliseconds. Default: the process's. */
  readonly now?: () => number;
}

/** Counts what has been done and, on a terminal, shows it in one line that is redrawn in place. */
export class Progress {
  readonly #label: string;
  readonly #terminal: ProgressOptions["terminal"];
  readonly #totals: ProgressTotals;
  readonly #now: () => number;
  readonly #startMs: number;
  #drawnMs = Number.NEGATIVE_INFINITY;
  #isShown = false;
  #bytes = 0;
  #objects = 0;

  constructor(label: string, { terminal, totals = {}, now = () => performance.now() }: ProgressOptions = {}) {
    this.#label = label;
    this.#terminal = terminal;
    this.#totals = totals;
    this.#now = now;
    this.#startMs = now();
  }

  get elapsedMs(): number {
    return this.#now() - this.#startMs;
  }

  /** Counted so far. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Counted so far. */
  get objects(): number {
    return this.#objects;
  }

  addBytes(bytes: number): void {
    this.#bytes += bytes;
    this.#draw();
  }

  addObject(): void {
    this.#objects++;
    this.#draw();
  }

  /** Takes the line off the terminal. */
  clear(): void {
    if (this.#isShown) this.#terminal?.write(CLEAR_LINE);
    this.#isShown = false;
  }

  #draw(): void {
    if (this.#terminal === undefined) return;
    const nowMs = this.#now();
    if (nowMs - this.#drawnMs < REDRAW_MS) return;
    this.#drawnMs = nowMs;
    this.#isShown = true;
    // A line as wide as the terminal would wrap, and could not be cleared. Some terminals say they have 0 columns.
    const width = (this.#terminal.columns || DEFAULT_COLUMNS) - 1;
    this.#terminal.write(CLEAR_LINE + this.#line().slice(0, width));
  }

  #line(): string {
    const { bytes, objects } = this.#totals;
    const parts = [this.#label];
    if (bytes !== undefined && bytes > 0) parts.push(`${Math.floor((this.#bytes / bytes) * 100)}%`);
    if (this.#bytes > 0) {
      parts.push(bytes === undefined ? formatSize(this.#bytes) : `${formatSize(this.#bytes)} of ${formatSize(bytes)}`);
      parts.push(formatRate(this.#bytes, this.elapsedMs));
    }
    if (bytes !== undefined && this.#bytes > 0) parts.push(`${formatDuration(this.#leftMs(bytes))} left`);
    if (objects !== undefined) parts.push(`${this.#objects} of ${formatCount(objects, "object")}`);
    else if (this.#objects > 0) parts.push(formatCount(this.#objects, "object"));
    return parts.join("  ");
  }

  /** At the rate so far. */
  #leftMs(totalBytes: number): number {
    return (Math.max(totalBytes - this.#bytes, 0) / this.#bytes) * this.elapsedMs;
  }
}
