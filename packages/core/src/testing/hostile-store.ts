import type { ObjectStore } from "../store.js";
import type { AnswerDecision } from "./fault-proxy/answer.js";
import { startFaultProxy } from "./fault-proxy/start.js";

/** A store over HTTP whose service's answers are changed on their way. */
export interface HostileStore {
  readonly store: ObjectStore;
  /** What becomes of the answers from now on; undefined lets them pass. */
  readonly answer: (decision: AnswerDecision | undefined) => void;
  /** Closes the store, and what stands in front of the service. */
  readonly close: () => Promise<void>;
}

/**
 * Puts a proxy in front of a service that speaks plain HTTP/1.1, and opens a store through it. The store should try little
 * and wait briefly, for nothing that it is answered gets better.
 */
export async function startHostileStore(
  target: { readonly host: string; readonly port: number },
  open: (url: string) => Promise<ObjectStore>,
): Promise<HostileStore> {
  let decide: AnswerDecision | undefined;
  const proxy = await startFaultProxy({ target, seed: 0, answers: (request) => decide?.(request) });
  let store: ObjectStore;
  try {
    store = await open(proxy.url);
  } catch (error) {
    await proxy.stop();
    throw error;
  }
  return {
    store,
    answer: (decision) => {
      decide = decision;
    },
    close: async () => {
      await store.close();
      await proxy.stop();
    },
  };
}
