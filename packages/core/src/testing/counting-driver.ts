import type { DriverListOptions, DriverPage, DriverRead, DriverReadOptions, StoreDriver } from "../driver.js";

/** What a driver has been asked for so far. */
export interface DriverCounts {
  /** Pages of listings that were fetched. */
  listRequests: number;
  /** Objects, or ranges of them, that were opened. */
  readRequests: number;
  /** Bytes that reads have delivered. */
  bytesRead: number;
}

/** The same driver, with the hooks `listRequests`, `readRequests` and `bytesRead` of a harness counted on the way. */
export function countingDriver<Driver extends StoreDriver>(
  driver: Driver,
): { readonly driver: Driver; readonly counts: DriverCounts } {
  const counts: DriverCounts = { listRequests: 0, readRequests: 0, bytesRead: 0 };
  const counting: Pick<StoreDriver, "list" | "read"> = {
    list: (options) => countPages(driver, options, counts),
    read: (key, options) => countBytes(driver, key, options, counts),
  };
  const wrapped = new Proxy(driver, {
    get: (target, name) => {
      if (name === "list" || name === "read") return counting[name];
      const value: unknown = Reflect.get(target, name, target);
      return typeof value === "function" ? value.bind(target) : value;
    },
  });
  return { driver: wrapped, counts };
}

async function* countPages(
  driver: StoreDriver,
  options: DriverListOptions,
  counts: DriverCounts,
): AsyncGenerator<DriverPage, void, void> {
  for await (const page of driver.list(options)) {
    counts.listRequests++;
    yield page;
  }
}

async function countBytes(
  driver: StoreDriver,
  key: string,
  options: DriverReadOptions,
  counts: DriverCounts,
): Promise<DriverRead> {
  counts.readRequests++;
  const read = await driver.read(key, options);
  async function* body(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of read.body) {
      counts.bytesRead += chunk.byteLength;
      yield chunk;
    }
  }
  const into = async (target: Uint8Array, hash: boolean): Promise<number | undefined> => {
    const crc32c = await read.into?.(target, hash);
    counts.bytesRead += target.byteLength;
    return crc32c;
  };
  return { ...read, body: body(), ...(read.into !== undefined && { into }), cancel: () => read.cancel() };
}
