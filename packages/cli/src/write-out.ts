import { untilAborted } from "./chunks.js";
import { CommandError } from "./command-error.js";
import type { CommandContext } from "./context.js";
import { orBelow } from "./or-below.js";
import type { Outcome } from "./outcome.js";
import { getOptionsOf, type ReadOptions } from "./read-options.js";

/** Streams an object to standard output, as fast as it is read there. */
export async function writeOut(context: CommandContext, source: string, options: ReadOptions): Promise<Outcome> {
  if (context.isJson) {
    throw new CommandError(
      "Usage",
      "standard output takes the object itself, and no JSON: name a file, with sluice get",
    );
  }
  const { signal, stdout } = context;
  const { store, key } = await context.openObject(await context.toSourceUri(source));
  const object = await orBelow(context, store.uriOf(key), store.get(key, getOptionsOf(options, signal)));
  const { range } = object;
  const progress = context.startProgress("cat", range === undefined ? {} : { bytes: range.end - range.start });
  for await (const chunk of untilAborted(object, signal)) {
    await stdout.write(chunk, signal);
    progress.addBytes(chunk.byteLength);
  }
  return { kind: "streamed" };
}
