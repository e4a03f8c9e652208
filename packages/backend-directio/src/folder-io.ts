import { constants } from "node:fs";
import { stat } from "node:fs/promises";
import type { FileIo, FileIoChooser } from "@sluice/core/local";
import { noDirectIo } from "./errors.js";
import type { DirectMode, DirectStoreOptions } from "./options.js";
import { sharedPool } from "./pool/shared-pools.js";
import { type FolderFacts, probeFolder } from "./probe/probe-folder.js";
import { SlabIo } from "./slab-io.js";

/** Folders whose probe is remembered; beyond that the oldest is forgotten. */
const MAX_FOLDERS_KNOWN = 1024;

export type FolderIoOptions = Required<Omit<DirectStoreOptions, "durability">>;

/** Chooses by probe, folder by folder, since another file system may be mounted on any of them. Refuses as `mode` has it. */
export function chooseByProbe(options: FolderIoOptions): FileIoChooser {
  const known = new Map<string, Promise<FileIo>>();
  return async (folder) => {
    const { dev, ino } = await stat(folder, { bigint: true });
    const identity = `${dev}:${ino}`;
    const present = known.get(identity);
    if (present !== undefined) return present;
    const chosen = probeFolder(folder, constants.O_DIRECT).then((facts) => ioFor(folder, facts, options));
    chosen.catch(() => known.delete(identity));
    known.set(identity, chosen);
    const [oldest] = known.keys();
    if (known.size > MAX_FOLDERS_KNOWN && oldest !== undefined) known.delete(oldest);
    return chosen;
  };
}

function ioFor(folder: string, facts: FolderFacts, options: FolderIoOptions): FileIo {
  const { poolBytes, slabBytes, buffersInFlight } = options;
  const limits = { pool: sharedPool(poolBytes, slabBytes), buffersInFlight };
  if (isUsable(facts, options.mode)) return new SlabIo(limits, "direct", facts.alignmentBytes);
  if (options.mode === "required" && facts.directIo === "none") throw noDirectIo(folder, facts.reason);
  return new SlabIo(limits, "buffered", 1);
}

/** What is only assumed is used where it is required, since then the system's refusal is what the caller wants to see. */
function isUsable(facts: FolderFacts, mode: DirectMode): facts is Exclude<FolderFacts, { readonly directIo: "none" }> {
  return facts.directIo === "proven" || (facts.directIo === "assumed" && mode === "required");
}
