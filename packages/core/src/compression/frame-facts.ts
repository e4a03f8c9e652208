/** What is known of a frame: its sizes, and the lower half of its content's XXH64 where that is known. */
export interface FrameFacts {
  readonly storedBytes: number;
  readonly contentBytes: number;
  readonly checksum: number | undefined;
}

/** Whether two facts contradict each other; a checksum that one of them lacks does not. */
export function isSameFrame(first: FrameFacts, second: FrameFacts): boolean {
  const sameSizes = first.storedBytes === second.storedBytes && first.contentBytes === second.contentBytes;
  const [one, other] = [first.checksum, second.checksum];
  return sameSizes && (one === undefined || other === undefined || one === other);
}
