/**
 * A signal that fires `graceMs` after the given one: a request that makes an object visible is not cut off at once, since
 * its answer tells what has become of it.
 */
export class GraceSignal {
  readonly signal: AbortSignal;
  readonly #given: AbortSignal;
  readonly #onAbort: () => void;
  #timer: NodeJS.Timeout | undefined;

  constructor(given: AbortSignal, graceMs: number) {
    const late = new AbortController();
    this.signal = late.signal;
    this.#given = given;
    this.#onAbort = () => {
      this.#timer = setTimeout(() => late.abort(given.reason), graceMs);
    };
    given.addEventListener("abort", this.#onAbort, { once: true });
    if (given.aborted) this.#onAbort();
  }

  end(): void {
    this.#given.removeEventListener("abort", this.#onAbort);
    clearTimeout(this.#timer);
  }
}
