// What the children of the checkpoint tests save, so that the tests can tell whether it is whole.

/** Ranks of a checkpoint in the crash tests. */
export const WORLD_SIZE = 3;

/** The bytes of a rank's shard: they say what they are, and fill several chunks. */
export function shardContent(step, rank) {
  return Buffer.from(`step ${step}, rank ${rank}\n`.repeat(8_000 + 1_000 * rank));
}

/** How a step is saved: every combination in turn. */
export function waysOf(step) {
  const strategy = ["flat", "round_robin", "binary"][step % 3];
  return { strategy, compression: step % 2 === 0 ? "none" : { codec: "zstd", level: 1 } };
}
