import type { DriverCopyOptions } from "../driver.js";
import { checkOptions } from "../options.js";
import type { CopyOptions, ObjectInfo } from "../store.js";
import { drain } from "../writer/put-source.js";
import type { StoreContext } from "./context.js";
import { openWriterOver } from "./open-writer.js";

/** Copies, or with `operation` rename moves, an object; one key for both changes nothing. */
export async function copyObject(
  context: StoreContext,
  operation: "copy" | "rename",
  sourceKey: string,
  targetKey: string,
  options: CopyOptions,
): Promise<ObjectInfo> {
  checkOptions(options, ["ifNotExists", "signal"], operation);
  const { ifNotExists = false, signal } = options;
  if (ifNotExists) context.require(context.driver.capabilities.ifNotExists, "ifNotExists", operation);
  const source = context.keyFor(sourceKey, operation);
  const target = context.keyFor(targetKey, operation);
  if (source !== target || ifNotExists) {
    const driverOptions = { ...(ifNotExists && { ifNotExists }), ...(signal !== undefined && { signal }) };
    if (operation === "copy") await copy(context, source, target, driverOptions);
    else await rename(context, source, target, driverOptions);
  }
  return context.infoOf(await context.driver.head(target, signal));
}

async function copy(context: StoreContext, source: string, target: string, options: DriverCopyOptions): Promise<void> {
  if (context.driver.copy !== undefined) return context.driver.copy(source, target, options);
  await streamCopy(context, source, target, options);
}

async function rename(
  context: StoreContext,
  source: string,
  target: string,
  options: DriverCopyOptions,
): Promise<void> {
  if (context.driver.rename !== undefined) return context.driver.rename(source, target, options);
  await copy(context, source, target, options);
  await context.driver.delete(source, options.signal === undefined ? {} : { signal: options.signal });
}

/** For stores without a copy of their own: the bytes pass through this process. */
async function streamCopy(
  context: StoreContext,
  source: string,
  target: string,
  options: DriverCopyOptions,
): Promise<void> {
  const { object, body } = await context.driver.read(source, {
    lendChunks: true,
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  const writer = await openWriterOver(
    context,
    target.slice(context.prefix.length),
    {
      ...options,
      size: object.size,
      ...(object.contentType !== undefined && { contentType: object.contentType }),
      ...(object.metadata !== undefined && { metadata: object.metadata }),
    },
    "copy",
  );
  try {
    await drain(body, (chunk) => writer.writeChunk(chunk), options.signal);
    await writer.finalize();
  } catch (error) {
    await writer.cancel();
    throw error;
  }
}
