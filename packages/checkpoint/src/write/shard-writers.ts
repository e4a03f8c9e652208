import type { ObjectWriter } from "@sluice/core";
import { refusal } from "./refusal.js";

/** A shard being written. */
export interface OpenedShard {
  readonly writer: ObjectWriter;
  /** The final key, relative to the checkpoint's base. */
  readonly key: string;
}

/** The writers of shards that one process has opened: one of each rank at a time. */
export class ShardWriters {
  readonly #writers = new Map<number, ObjectWriter>();

  add(rank: number, writer: ObjectWriter): OpenedShard {
    this.#writers.set(rank, writer);
    return { writer, key: writer.key };
  }

  /** InvalidState if a rank has a writer that was not given up. */
  requireNone(rank: number, operation: string): void {
    const state = this.#writers.get(rank)?.state;
    if (state === undefined || state === "cancelled" || state === "failed") return;
    throw refusal("InvalidState", operation, `rank ${rank} has a writer already`);
  }

  /** InvalidState for another writer than the rank's. */
  requireOwn(rank: number, writer: ObjectWriter, operation: string): void {
    if (this.#writers.get(rank) === writer) return;
    throw refusal("InvalidState", operation, `this is not the writer that shardWriter(${rank}) gave`);
  }

  /** Cancels all writers; resolves when they have ended. */
  async cancel(): Promise<void> {
    await Promise.allSettled([...this.#writers.values()].map((writer) => writer.cancel()));
  }
}
