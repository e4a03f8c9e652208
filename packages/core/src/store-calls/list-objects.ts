import { ObjectStoreError } from "../errors.js";
import { isWellFormed } from "../key.js";
import { ListingCheck } from "../listing-check.js";
import { checkInteger, checkOptions } from "../options.js";
import { throwIfAborted } from "../signal.js";
import type { ListEntry, ListOptions, Unlistable } from "../store.js";
import type { StoreContext } from "./context.js";

/** The most entries a page may have, which is S3's own limit. */
const MAX_PAGE_SIZE = 1000;

const LIST_OPTION_NAMES = ["prefix", "delimiter", "startAfter", "pageSize", "onUnlistable", "signal"] as const;

/** Names that the error for them tells; of the others it tells how many. */
const MAX_NAMES_TOLD = 5;

/** Entries one by one; the next page is asked for when the one before has been used up. */
export async function* listObjects(context: StoreContext, options: ListOptions): AsyncGenerator<ListEntry, void, void> {
  checkOptions(options, LIST_OPTION_NAMES, "list");
  const { prefix = "", delimiter, startAfter, pageSize = MAX_PAGE_SIZE, onUnlistable, signal } = options;
  checkInteger(pageSize, "pageSize", 1, MAX_PAGE_SIZE, "list");
  for (const [name, value] of Object.entries({ prefix, delimiter, startAfter })) {
    if (value === undefined || (isText(value) && (value !== "" || name !== "delimiter"))) continue;
    throw new ObjectStoreError("InvalidArgument", `list: ${name} must be a string of valid Unicode`, {
      operation: "list",
    });
  }
  if (onUnlistable !== undefined && typeof onUnlistable !== "function") {
    throw new ObjectStoreError("InvalidArgument", "list: onUnlistable must be a function", { operation: "list" });
  }
  throwIfAborted(signal, "list");
  const scope = {
    prefix: context.prefix + prefix,
    ...(delimiter !== undefined && { delimiter }),
    ...(startAfter !== undefined && startAfter !== "" && { startAfter: context.prefix + startAfter }),
  };
  const check = new ListingCheck(scope);
  const pages = context.driver.list({ ...scope, pageSize, ...(signal !== undefined && { signal }) });
  for await (const { entries, unlistable = [] } of pages) {
    // Whatever the driver is: an entry that lies elsewhere would be cut into another key.
    check.checkPage(entries);
    if (unlistable.length > 0) tell(context, unlistable, onUnlistable);
    for (const entry of entries) {
      throwIfAborted(signal, "list");
      if ("prefix" in entry) yield { kind: "prefix", prefix: entry.prefix.slice(context.prefix.length) };
      // The object of the base itself, such as `d/` of the store of `d/`, has no key in this store.
      else if (entry.key !== context.prefix) yield { kind: "object", ...context.infoOf(entry) };
    }
  }
}

function tell(
  context: StoreContext,
  found: readonly Unlistable[],
  onUnlistable: ((found: Unlistable) => void) | undefined,
): void {
  const { prefix } = context;
  const named = found.map(({ name, reason }) => ({
    name: name.startsWith(prefix) ? name.slice(prefix.length) : name,
    reason,
  }));
  if (onUnlistable === undefined) throw unlistableError(named);
  for (const one of named) onUnlistable(one);
}

function unlistableError(found: readonly Unlistable[]): ObjectStoreError {
  const told = found.slice(0, MAX_NAMES_TOLD).map(({ name, reason }) => `"${name}" ${reason}`);
  const others = found.length - told.length;
  const names = [...told, ...(others > 0 ? [`${others} more`] : [])].join(", ");
  const remedy = "rename or remove what can't be an object, or list with onUnlistable to go on without it";
  return new ObjectStoreError("Unsupported", `list: ${names}; ${remedy}`, { operation: "list" });
}

function isText(value: unknown): boolean {
  return typeof value === "string" && isWellFormed(value);
}
