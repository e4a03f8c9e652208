import type { CommandContext } from "./context.js";
import { type Failure, toFailure } from "./failure.js";
import { formatName } from "./format.js";

/** Failures that the JSON document lists; their number is told whatever it is. */
const MAX_LISTED = 1000;

/** What a run that keeps going could not do: told one by one as it happens, and in the JSON document. */
export class ToldFailures {
  readonly #context: CommandContext;
  readonly #what: string;
  readonly #listed: (Pick<Failure, "code" | "message"> & { readonly uri: string })[] = [];

  /** `what` begins each line, such as `not copied`. */
  constructor(context: CommandContext, what: string) {
    this.#context = context;
    this.#what = what;
  }

  /** A field of the JSON document; none where nothing failed. */
  get value(): { readonly failures?: readonly object[] } {
    return this.#listed.length === 0 ? {} : { failures: this.#listed };
  }

  async tell(uri: string, error: unknown): Promise<void> {
    const { code, message } = toFailure(error, this.#context.signal);
    if (this.#listed.length < MAX_LISTED) this.#listed.push({ uri, code, message });
    const where = message.includes(uri) ? "" : `${formatName(uri)}: `;
    await this.#context.complain(`${this.#what}: ${where}${message}`);
  }
}
