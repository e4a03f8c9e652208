import { ObjectStoreError } from "@sluice/core";

/** How shards are spread over prefixes: stores that scale by prefix serve many ranks better if they are spread. */
export type Strategy = "flat" | "round_robin" | "binary";

const STRATEGIES: readonly Strategy[] = ["flat", "round_robin", "binary"];

/** Prefixes of `round_robin`. */
const ROUND_ROBIN_PREFIXES = 16;

/** The folder of a rank's shard below `shards/`: empty, or ends in `/`. */
export function strategyFolder(strategy: Strategy, rank: number): string {
  if (strategy === "flat") return "";
  if (strategy === "round_robin") return `rr/${(rank % ROUND_ROBIN_PREFIXES).toString(16).padStart(2, "0")}/`;
  return `bin/${rank.toString(2).padStart(8, "0").slice(0, 4)}/`;
}

/** Refuses with InvalidArgument what is no strategy. */
export function checkStrategy(strategy: unknown, operation: string): Strategy {
  if (STRATEGIES.includes(strategy as Strategy)) return strategy as Strategy;
  throw new ObjectStoreError(
    "InvalidArgument",
    `${operation}: unknown strategy ${JSON.stringify(strategy)} (known: ${STRATEGIES.join(", ")})`,
    { operation },
  );
}
