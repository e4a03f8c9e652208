import type { Sink } from "../sink/sink.js";

/** What an open writer would leave behind. It must not lead to the writer, or the writer could never be dropped. */
export interface Leftover {
  readonly uri: string;
  remove(): Promise<void>;
}

/** The name of the process warning about a writer that nobody finalized or cancelled. */
const WARNING_NAME = "SluiceWriterDropped";

const open = new Set<Leftover>();
const collected = new FinalizationRegistry<Leftover>((leftover) => {
  if (!open.has(leftover)) return;
  removeDropped(leftover, "was dropped without finalize or cancel");
});

/**
 * Watches an open writer. If the writer is garbage collected, or the process comes to its end while the writer is open, one process
 * warning names its URI, and what it left is removed.
 */
export function watchWriter(
  writer: { readonly uri: string },
  sink: Pick<Sink, "abort">,
  pipeline: { close(): void },
): Leftover {
  const leftover = leftoverOf(writer.uri, sink, pipeline);
  if (open.size === 0) {
    process.on("beforeExit", removeAll);
    process.on("exit", warnOfAll);
  }
  open.add(leftover);
  collected.register(writer, leftover, leftover);
  return leftover;
}

/** A listener that does not keep the writer: what it listens to, such as a signal, may outlive all writers. */
export function listenWeakly<T extends object>(writer: T, act: (writer: T) => void): () => void {
  const reference = new WeakRef(writer);
  return () => {
    const held = reference.deref();
    if (held !== undefined) act(held);
  };
}

/** Ends the watch: the writer is finalizing, or has ended. */
export function unwatchWriter(leftover: Leftover): void {
  if (!open.delete(leftover)) return;
  collected.unregister(leftover);
  if (open.size > 0) return;
  process.off("beforeExit", removeAll);
  process.off("exit", warnOfAll);
}

/** Made apart from the writer, of which nothing may be held. */
function leftoverOf(uri: string, sink: Pick<Sink, "abort">, pipeline: { close(): void }): Leftover {
  return {
    uri,
    remove: () => {
      pipeline.close();
      return sink.abort();
    },
  };
}

const AT_THE_END = "was open when the process came to its end";

/** Nothing is left to run that could finalize a writer. */
function removeAll(): void {
  for (const leftover of [...open]) removeDropped(leftover, AT_THE_END);
}

function removeDropped(leftover: Leftover, why: string): void {
  unwatchWriter(leftover);
  process.emitWarning(messageOf(leftover, why), WARNING_NAME);
  leftover.remove().catch(() => undefined);
}

/** `process.exit` leaves no time to remove anything, nor for `emitWarning`, which tells its listeners later. */
function warnOfAll(): void {
  for (const leftover of [...open]) {
    unwatchWriter(leftover);
    const warning = new Error(`${messageOf(leftover, AT_THE_END)}; a sweep removes what it left`);
    warning.name = WARNING_NAME;
    process.emit("warning", warning);
  }
}

function messageOf({ uri }: Leftover, why: string): string {
  return `the writer of ${uri} ${why}: nothing was written there`;
}
