import type { ObjectStore } from "@sluice/core";

export function openBackend(
  backend: "fs" | "directio",
  folder: string,
  options?: { readonly durability?: "fsync" | "none" },
): Promise<ObjectStore>;
