import { newShardKey } from "../layout/keys.js";
import type { SaveId } from "../layout/save-id.js";
import type { Strategy } from "../layout/strategy.js";

/** The keys under which one process writes the shards of a save; no other process has them. */
export class ShardKeys {
  readonly #id: SaveId;
  readonly #strategy: Strategy;
  readonly #given = new Map<number, string>();

  constructor(id: SaveId, strategy: Strategy) {
    this.#id = id;
    this.#strategy = strategy;
  }

  /** A new key with each call. */
  make(rank: number): string {
    return newShardKey(this.#id, rank, this.#strategy);
  }

  /** The same key with each call. */
  of(rank: number): string {
    const key = this.#given.get(rank) ?? this.make(rank);
    this.#given.set(rank, key);
    return key;
  }
}
