/** Content is hashed, encoded and copied in steps of this many bytes, while they are in the processor's cache. */
const STEP_BYTES = 64 << 10;

/**
 * Makes the next bytes of an object: into `room`, the place where they will be stored, if there is one, and returns it; or
 * wherever it likes, and returns that. At least one byte and at most `maxBytes`; called again when they have been taken.
 */
export type Producer = (room: Uint8Array | undefined, maxBytes: number) => Uint8Array;

/** Lends room for at most so many bytes, where there is any. */
type Lender = (maxBytes: number) => Uint8Array | undefined;

/** Content in steps; undefined at its end. */
export interface Steps {
  next(lend: Lender): Uint8Array | undefined;
  /** The CRC-32C of the one step there is, where the caller has hashed it. */
  readonly crc32c?: number;
}

/** A chunk, cut into steps. */
export function stepsOfChunk(chunk: Uint8Array): Steps {
  let offset = 0;
  return {
    next: () => {
      if (offset >= chunk.byteLength) return undefined;
      const step = offset === 0 && chunk.byteLength <= STEP_BYTES ? chunk : chunk.subarray(offset, offset + STEP_BYTES);
      offset += step.byteLength;
      return step;
    },
  };
}

/** A chunk that has been hashed: nothing is gained by cutting it. */
export function stepsOfHashed(chunk: Uint8Array, crc32c: number): Steps {
  let rest: Uint8Array | undefined = chunk.byteLength === 0 ? undefined : chunk;
  return {
    crc32c,
    next: () => {
      const step = rest;
      rest = undefined;
      return step;
    },
  };
}

/** What a producer makes, `byteLength` bytes in all. */
export function stepsOfProducer(produce: Producer, byteLength: number): Steps {
  let left = byteLength;
  return {
    next: (lend) => {
      if (left === 0) return undefined;
      const wanted = Math.min(STEP_BYTES, left);
      const room = lend(wanted);
      const limit = room?.byteLength ?? wanted;
      const step = produce(room, limit);
      if (step.byteLength < 1 || step.byteLength > limit) {
        throw new RangeError(`the producer made ${step.byteLength} bytes, asked for 1 to ${limit}`);
      }
      left -= step.byteLength;
      return step;
    },
  };
}
