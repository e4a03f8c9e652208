import type { DriverCopyOptions, DriverObject } from "../driver.js";
import { ObjectStoreError } from "../errors.js";
import { checkOptions } from "../options.js";
import { readChecked } from "../read/checked-read.js";
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
  if (source === target && !ifNotExists) return context.infoOf(await context.driver.head(target, signal));
  const driverOptions = { ...(ifNotExists && { ifNotExists }), ...(signal !== undefined && { signal }) };
  const move = operation === "copy" ? copy : rename;
  return context.infoOf(await move(context, source, target, driverOptions));
}

async function copy(
  context: StoreContext,
  source: string,
  target: string,
  options: DriverCopyOptions,
): Promise<DriverObject> {
  return (await provenCopy(context, source, target, options)).target;
}

async function rename(
  context: StoreContext,
  source: string,
  target: string,
  options: DriverCopyOptions,
): Promise<DriverObject> {
  const { driver } = context;
  if (driver.rename !== undefined) {
    await driver.rename(source, target, options);
    return driver.head(target, options.signal);
  }
  const { copied, target: found } = await provenCopy(context, source, target, options);
  // What was written to the source meanwhile is nowhere else.
  const ifMatch = driver.capabilities.ifMatch ? copied?.etag : undefined;
  await driver.delete(source, {
    ...(ifMatch !== undefined && { ifMatch }),
    ...(options.signal !== undefined && { signal: options.signal }),
  });
  return found;
}

/** Copies, and looks at the target: an answer alone does not show that all bytes are there. */
async function provenCopy(
  context: StoreContext,
  source: string,
  target: string,
  options: DriverCopyOptions,
): Promise<{ readonly copied: DriverObject | undefined; readonly target: DriverObject }> {
  const { driver } = context;
  const copied =
    driver.copy === undefined
      ? await streamCopy(context, source, target, options)
      : await driver.copy(source, target, options);
  const found = await driver.head(target, options.signal);
  if (copied !== undefined && found.size !== copied.size) {
    const message = `the copy has ${found.size} bytes, and ${JSON.stringify(copied.key)} has ${copied.size}`;
    throw new ObjectStoreError("Unavailable", message);
  }
  return { copied, target: found };
}

/** For stores without a copy of their own: the bytes pass through this process, and are compared with what the store keeps of them. */
async function streamCopy(
  context: StoreContext,
  source: string,
  target: string,
  options: DriverCopyOptions,
): Promise<DriverObject> {
  const { signal } = options;
  const uri = context.uriOf(source.slice(context.prefix.length));
  const { object, body } = await readChecked(
    context.driver,
    source,
    { lendChunks: true, ...(signal !== undefined && { signal }) },
    { uri, backend: context.driver.backend, signal, isCompared: true },
  );
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
    await drain(body, (chunk) => writer.writeChunk(chunk), signal);
    await writer.finalize();
    return object;
  } catch (error) {
    await writer.cancel();
    throw error;
  }
}
