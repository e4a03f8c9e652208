/** Bytes of one workspace: five pages, for a generator's 17 KiB. */
const WORKSPACE_BYTES = 20_480;

/** Workspaces of one pool; who finds none left uses memory of its own. */
const WORKSPACE_COUNT = 64;

/** Small areas at the beginning of a pool's memory, for code that runs in it. */
export class Workspaces {
  /** What they take together: 1.25 MiB, whole pages of WebAssembly memory. */
  static readonly totalBytes: number = WORKSPACE_BYTES * WORKSPACE_COUNT;
  readonly #free: number[] = Array.from({ length: WORKSPACE_COUNT }, (_, index) => index * WORKSPACE_BYTES).reverse();

  /** As `LentMemory.allocate`. */
  allocate(bytes: number): { readonly address: number; free(): void } | undefined {
    const address = bytes <= WORKSPACE_BYTES ? this.#free.pop() : undefined;
    if (address === undefined) return undefined;
    let isFree = false;
    return {
      address,
      free: () => {
        if (!isFree) this.#free.push(address);
        isFree = true;
      },
    };
  }
}
