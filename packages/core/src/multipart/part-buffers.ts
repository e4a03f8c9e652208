const FIRST_BUFFER_BYTES = 64 << 10;

/**
 * Where parts are filled: each buffer is used again once its part is stored. The first one grows with the object unless
 * its size is known, so that a small object does not cost a whole part.
 */
export class PartBuffers {
  readonly #free: Uint8Array[] = [];

  first(partBytes: number, storedBytes: number | undefined): Uint8Array {
    return allocate(Math.min(partBytes, storedBytes ?? FIRST_BUFFER_BYTES));
  }

  /** One twice as large, at most a part, with the same bytes in front. */
  grow(buffer: Uint8Array, partBytes: number): Uint8Array {
    const larger = allocate(Math.min(partBytes, Math.max(FIRST_BUFFER_BYTES, buffer.byteLength * 2)));
    larger.set(buffer);
    return larger;
  }

  take(partBytes: number): Uint8Array {
    for (let free = this.#free.pop(); free !== undefined; free = this.#free.pop()) {
      if (free.byteLength === partBytes) return free;
    }
    return allocate(partBytes);
  }

  giveBack(buffer: Uint8Array): void {
    this.#free.push(buffer);
  }

  clear(): void {
    this.#free.length = 0;
  }
}

/** Its own memory, not a slice of Node's pool, and not filled with zeros that are written over anyway. */
function allocate(bytes: number): Uint8Array {
  return new Uint8Array(Buffer.allocUnsafeSlow(bytes).buffer);
}
