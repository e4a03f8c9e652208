import { batchesOf, isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";

/** Keys of one request. */
const BATCH = 1000;

/** Deletes objects, those that are gone already too, and counts them, so that a failure can tell how much was deleted before. */
export class Deletion {
  readonly #store: ObjectStore;
  readonly #signal: AbortSignal | undefined;
  #objects = 0;

  constructor(store: ObjectStore, signal: AbortSignal | undefined) {
    this.#store = store;
    this.#signal = signal;
  }

  /** Objects that were deleted so far. */
  get objects(): number {
    return this.#objects;
  }

  /** One after the other: a later key is not touched before an earlier one is gone. */
  async inOrder(keys: readonly string[]): Promise<void> {
    for (const key of keys) {
      try {
        await this.#store.delete(key, this.#call);
      } catch (error) {
        throw this.#failure(error);
      }
      this.#objects++;
    }
  }

  /** In any order; throws the first failure when all have been tried. */
  async all(keys: readonly string[]): Promise<void> {
    let failure: Error | undefined;
    for (const batch of batchesOf(keys, BATCH)) {
      const results = await this.#store.deleteMany(batch, this.#call).catch((error: unknown) => {
        throw this.#failure(error);
      });
      const failed = results.filter(({ error }) => error !== undefined);
      this.#objects += results.length - failed.length;
      failure ??= failed[0]?.error;
    }
    if (failure !== undefined) throw this.#failure(failure);
  }

  get #call(): { readonly signal?: AbortSignal } {
    return this.#signal === undefined ? {} : { signal: this.#signal };
  }

  #failure(error: unknown): unknown {
    if (!isObjectStoreError(error)) return error;
    const { code, message, uri, backend, retryable, statusCode, requestId } = error;
    return new ObjectStoreError(code, `prune: failed when ${this.#objects} objects had been deleted: ${message}`, {
      operation: "prune",
      ...{ uri, backend, retryable, statusCode, requestId, cause: error },
    });
  }
}
