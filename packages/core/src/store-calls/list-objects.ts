import { ObjectStoreError } from "../errors.js";
import { ListingCheck } from "../listing-check.js";
import { checkInteger, checkOptions } from "../options.js";
import { throwIfAborted } from "../signal.js";
import type { ListEntry, ListOptions } from "../store.js";
import type { StoreContext } from "./context.js";

/** The most entries a page may have, which is S3's own limit. */
const MAX_PAGE_SIZE = 1000;

/** Entries one by one; the next page is asked for when the one before has been used up. */
export async function* listObjects(context: StoreContext, options: ListOptions): AsyncGenerator<ListEntry, void, void> {
  checkOptions(options, ["prefix", "delimiter", "startAfter", "pageSize", "signal"], "list");
  const { prefix = "", delimiter, startAfter, pageSize = MAX_PAGE_SIZE, signal } = options;
  checkInteger(pageSize, "pageSize", 1, MAX_PAGE_SIZE, "list");
  for (const [name, value] of Object.entries({ prefix, delimiter, startAfter })) {
    if (value === undefined || (typeof value === "string" && (value !== "" || name !== "delimiter"))) continue;
    throw new ObjectStoreError("InvalidArgument", `list: ${name} must be a string`, { operation: "list" });
  }
  throwIfAborted(signal, "list");
  const scope = {
    prefix: context.prefix + prefix,
    ...(delimiter !== undefined && { delimiter }),
    ...(startAfter !== undefined && startAfter !== "" && { startAfter: context.prefix + startAfter }),
  };
  const check = new ListingCheck(scope);
  const pages = context.driver.list({ ...scope, pageSize, ...(signal !== undefined && { signal }) });
  for await (const { entries } of pages) {
    // Whatever the driver is: an entry that lies elsewhere would be cut into another key.
    check.checkPage(entries);
    for (const entry of entries) {
      throwIfAborted(signal, "list");
      if ("prefix" in entry) yield { kind: "prefix", prefix: entry.prefix.slice(context.prefix.length) };
      else yield { kind: "object", ...context.infoOf(entry) };
    }
  }
}
