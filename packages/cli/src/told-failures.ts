import type { CommandContext } from "./context.js";
import { type Failure, toFailure } from "./failure.js";
import { formatName } from "./format.js";
import type { OnUnlistable, Tree } from "./tree.js";

/** Failures that the JSON document lists; their number is told whatever it is. */
const MAX_LISTED = 1000;

type ListedFailure = Pick<Failure, "code" | "message"> & { readonly uri: string };

/** What a run that keeps going could not do: told one by one as it happens, and in the JSON document. */
export class ToldFailures {
  readonly #context: CommandContext;
  readonly #what: string;
  readonly #listed: ListedFailure[] = [];
  #count = 0;

  /** `what` begins each line, such as `not copied`. */
  constructor(context: CommandContext, what: string) {
    this.#context = context;
    this.#what = what;
  }

  /** A field of the JSON document; none where nothing failed. */
  get value(): { readonly failures?: readonly object[] } {
    return this.#listed.length === 0 ? {} : { failures: this.#listed };
  }

  /** How many there are, also beyond those that are listed. */
  get count(): number {
    return this.#count;
  }

  async tell(uri: string, error: unknown): Promise<void> {
    const { code, message } = toFailure(error, this.#context.signal);
    const where = message.includes(uri) ? "" : `${formatName(uri)}: `;
    await this.#add({ uri, code, message }, `${where}${message}`);
  }

  /** For a listing of `tree`, to be told of names that can't be an object's. */
  unlistableIn(tree: Pick<Tree, "uri">): OnUnlistable {
    return ({ name, reason }) => {
      const told = this.#add(
        { uri: tree.uri + name, code: "Unsupported", message: reason },
        `${formatName(tree.uri + name)} ${reason}`,
      );
      // A listing can't wait; an output that nobody reads any more is found by whoever writes the result.
      told.catch(() => undefined);
    };
  }

  async #add(failure: ListedFailure, line: string): Promise<void> {
    this.#count++;
    if (this.#listed.length < MAX_LISTED) this.#listed.push(failure);
    await this.#context.complain(`${this.#what}: ${line}`);
  }
}
