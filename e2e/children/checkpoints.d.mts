import type { Strategy } from "@sluice/checkpoint";
import type { CompressionOptions } from "@sluice/core";

export const WORLD_SIZE: number;
export function shardContent(step: number, rank: number): Buffer;
export function waysOf(step: number): {
  readonly strategy: Strategy;
  readonly compression: CompressionOptions | "none";
};
