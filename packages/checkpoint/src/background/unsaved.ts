/** The name of the process warning about a checkpoint that was not saved, which nobody was told. */
const WARNING_NAME = "SluiceCheckpointNotSaved";

/** A save that was queued. */
export interface Unsaved {
  readonly step: number;
  /** Why it failed; absent while it waits or is under way. */
  error?: unknown;
}

const unsaved = new Set<Unsaved>();

/**
 * Watches a save until {@link unwatchSave}: it was committed, or its error was thrown. If the process comes to its end before, one process
 * warning names the step.
 */
export function watchSave(save: Unsaved): void {
  if (unsaved.size === 0) process.on("exit", warnOfAll);
  unsaved.add(save);
}

export function unwatchSave(save: Unsaved): void {
  if (unsaved.delete(save) && unsaved.size === 0) process.off("exit", warnOfAll);
}

/** At the exit `emitWarning`, which tells its listeners later, tells nobody. */
function warnOfAll(): void {
  for (const { step, error } of unsaved) {
    const why = error === undefined ? "the process came to its end before" : messageOf(error);
    const warning = new Error(`the checkpoint of step ${step} was not saved: ${why}; await flush() to be told`);
    warning.name = WARNING_NAME;
    process.emit("warning", warning);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
