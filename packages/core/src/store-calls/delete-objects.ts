import { forEachConcurrently } from "../concurrency.js";
import { ObjectStoreError } from "../errors.js";
import { checkEtag, checkOptions } from "../options.js";
import { throwIfAborted } from "../signal.js";
import type { CallOptions, DeleteManyResult, DeleteOptions } from "../store.js";
import type { StoreContext } from "./context.js";

/** Deletes of one deleteMany that are under way at once, where the backend has no call for many. */
const DELETES_IN_FLIGHT = 8;

export async function deleteObject(context: StoreContext, key: string, options: DeleteOptions): Promise<void> {
  checkOptions(options, ["mustExist", "ifMatch", "signal"], "delete");
  const { mustExist = false, ifMatch, signal } = options;
  checkEtag(ifMatch, "delete");
  if (ifMatch !== undefined) context.require(context.driver.capabilities.ifMatch, "ifMatch", "delete");
  const driverKey = context.keyFor(key, "delete");
  const existed = await context.driver.delete(driverKey, {
    ...(mustExist && { mustExist }),
    ...(ifMatch !== undefined && { ifMatch }),
    ...(signal !== undefined && { signal }),
  });
  if (existed) return;
  if (mustExist) throw new ObjectStoreError("NotFound", `no object ${JSON.stringify(key)}`);
  if (ifMatch !== undefined) throw new ObjectStoreError("PreconditionFailed", `no object ${JSON.stringify(key)}`);
}

export async function deleteObjects(
  context: StoreContext,
  keys: readonly string[],
  options: CallOptions,
): Promise<DeleteManyResult[]> {
  checkOptions(options, ["signal"], "deleteMany");
  const { signal } = options;
  const errors = new Map<string, unknown>();
  const driverKeys = new Map<string, string>();
  for (const key of keys) {
    try {
      driverKeys.set(context.keyFor(key, "deleteMany"), key);
    } catch (error) {
      errors.set(key, error);
    }
  }
  for (const [driverKey, error] of await deleteAll(context, [...driverKeys.keys()], signal)) {
    errors.set(driverKeys.get(driverKey) ?? driverKey, error);
  }
  throwIfAborted(signal, "deleteMany");
  return keys.map((key) =>
    errors.has(key) ? { key, error: context.errorOf(errors.get(key), "deleteMany", key) } : { key },
  );
}

async function deleteAll(
  { driver }: StoreContext,
  keys: readonly string[],
  signal: AbortSignal | undefined,
): Promise<ReadonlyMap<string, unknown>> {
  if (driver.deleteMany !== undefined) return driver.deleteMany(keys, signal);
  const errors = new Map<string, unknown>();
  await forEachConcurrently(keys, DELETES_IN_FLIGHT, async (key) => {
    throwIfAborted(signal, "deleteMany");
    try {
      await driver.delete(key, signal === undefined ? {} : { signal });
    } catch (error) {
      errors.set(key, error);
    }
  });
  return errors;
}
