import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { isObjectStoreError, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { DATASET_KEY } from "./dataset.js";
import { formatName } from "./format.js";
import { hasEnded, type ProcessIdentity, thisProcess } from "./process-identity.js";

/** Beside the manifest for as long as a run writes the dataset, and after a run that was killed. */
const CLAIM_KEY = `${DATASET_KEY}.writing`;

/** Longer than any claim. */
const MAX_CLAIM_BYTES = 4096;

interface ClaimFacts {
  readonly format: "sluice-gen-claim";
  readonly version: 1;
  /** Differs for each run. */
  readonly run: string;
  readonly host: string;
  readonly pid: number;
  readonly started: string;
  readonly process?: ProcessIdentity;
}

interface FoundClaim {
  readonly etag: string;
  /** Undefined where it is no claim of a version known here. */
  readonly facts: ClaimFacts | undefined;
}

/**
 * The right of one run to write the dataset of a place. Where the store has `ifNotExists`, one run alone has it at any time; elsewhere a
 * run that loses it finds that out by {@link isHeld}.
 */
export class DatasetClaim {
  readonly #store: ObjectStore;
  readonly #run: string;

  /**
   * Takes the claim; AlreadyExists while another run has it. The claim of a process that has ended is replaced, which `onStale` is
   * told, where that can be known and done by condition.
   */
  static async take(
    store: ObjectStore,
    onStale: (text: string) => Promise<void>,
    signal: AbortSignal,
  ): Promise<DatasetClaim> {
    const facts = newFacts();
    const claim = new DatasetClaim(store, facts.run);
    const stale = await readClaim(store, signal);
    if (stale !== undefined) {
      if (!store.capabilities.ifMatch || !isStale(stale)) throw taken(store, stale);
      await onStale(`goes on where ${ownerOf(stale)} has ended without removing its claim`);
      await store.delete(CLAIM_KEY, { ifMatch: stale.etag, signal }).catch((error: unknown) => {
        throw isObjectStoreError(error, "PreconditionFailed") ? taken(store, undefined) : error;
      });
    }
    try {
      await write(store, facts, signal);
      const found = await readClaim(store, signal);
      if (found?.facts?.run !== facts.run) throw taken(store, found);
      return claim;
    } catch (error) {
      await claim.release().catch(() => undefined);
      throw error;
    }
  }

  private constructor(store: ObjectStore, run: string) {
    this.#store = store;
    this.#run = run;
  }

  /** Whether the claim is there and this run's. */
  async isHeld(): Promise<boolean> {
    return (await readClaim(this.#store))?.facts?.run === this.#run;
  }

  /** Gives the claim up; another run's is left alone. */
  async release(): Promise<void> {
    const found = await readClaim(this.#store);
    if (found?.facts?.run !== this.#run) return;
    await this.#store.delete(CLAIM_KEY, this.#store.capabilities.ifMatch ? { ifMatch: found.etag } : {});
  }
}

function newFacts(): ClaimFacts {
  const identity = thisProcess();
  return {
    ...{ format: "sluice-gen-claim", version: 1, run: randomUUID(), host: hostname(), pid: process.pid },
    ...{ started: new Date().toISOString(), ...(identity !== undefined && { process: identity }) },
  };
}

async function write(store: ObjectStore, facts: ClaimFacts, signal: AbortSignal): Promise<void> {
  const { ifNotExists } = store.capabilities;
  try {
    await store.put(CLAIM_KEY, `${JSON.stringify(facts, null, 2)}\n`, { ...(ifNotExists && { ifNotExists }), signal });
  } catch (error) {
    // An answer that was lost makes the claim of this run look like another's; reading the claim tells.
    if (!isObjectStoreError(error, "AlreadyExists")) throw error;
  }
}

async function readClaim(store: ObjectStore, signal?: AbortSignal): Promise<FoundClaim | undefined> {
  try {
    const range = { start: 0, end: MAX_CLAIM_BYTES };
    const object = await store.get(CLAIM_KEY, { range, ...(signal !== undefined && { signal }) });
    return { etag: object.info.etag, facts: parseFacts(await object.text()) };
  } catch (error) {
    if (isObjectStoreError(error, "NotFound")) return undefined;
    throw error;
  }
}

function parseFacts(text: string): ClaimFacts | undefined {
  try {
    const facts = JSON.parse(text) as ClaimFacts;
    const { format, version, run, host, started } = facts;
    const isWhole = [run, host, started].every((field) => typeof field === "string");
    return format === "sluice-gen-claim" && version === 1 && isWhole ? facts : undefined;
  } catch {
    return undefined;
  }
}

function isStale({ facts }: FoundClaim): boolean {
  return facts?.process !== undefined && hasEnded(facts.process);
}

function ownerOf({ facts }: FoundClaim): string {
  if (facts === undefined) return "another run";
  return formatName(`the gen that process ${facts.pid} on ${facts.host} began at ${facts.started}`);
}

function taken(store: ObjectStore, found: FoundClaim | undefined): ObjectStoreError {
  const uri = store.uriOf(CLAIM_KEY);
  const owner = found === undefined ? "another run" : ownerOf(found);
  const message = `${owner} writes a dataset here, or was killed; if it no longer runs, remove ${uri} with sluice rm, and try again`;
  return new ObjectStoreError("AlreadyExists", message, { uri });
}
