import { damaged } from "./damage.js";
import type { ZstdFrameHeader } from "./zstd-frame-header.js";

/** RFC 8878, section 3.1.1.2.4: the most bytes of a block. */
const MAX_BLOCK_BYTES = 128 << 10;
const BLOCK_HEADER_BYTES = 3;
const CHECKSUM_BYTES = 4;
const RLE_BLOCK = 1;
const RESERVED_BLOCK = 3;

/** Finds the end of a zstd frame from block to block (RFC 8878, section 3.1.1.2), without decoding any. */
export class BlockScanner {
  readonly #hasChecksum: boolean;
  /** What is being read: the bytes of a block, else a block's header, else the checksum. */
  #blockBytes = 0;
  #field = 0;
  #fieldFilled = 0;
  #isLastBlock = false;
  #isAtEnd = false;
  #checksum: number | undefined;

  constructor({ hasChecksum }: ZstdFrameHeader) {
    this.#hasChecksum = hasChecksum;
  }

  get isAtEnd(): boolean {
    return this.#isAtEnd;
  }

  /** The lower half of the content's XXH64, where the frame has it, once at the end. */
  get checksum(): number | undefined {
    return this.#checksum;
  }

  /** How many of these bytes belong to the frame. */
  scan(bytes: Uint8Array): number {
    let offset = 0;
    while (offset < bytes.byteLength && !this.#isAtEnd) {
      if (this.#blockBytes > 0) {
        const passed = Math.min(this.#blockBytes, bytes.byteLength - offset);
        this.#blockBytes -= passed;
        offset += passed;
        if (this.#blockBytes === 0) this.#afterBlock();
      } else {
        this.#field += (bytes[offset++] as number) * 2 ** (8 * this.#fieldFilled++);
        this.#checkField();
      }
    }
    return offset;
  }

  #checkField(): void {
    if (this.#fieldFilled < (this.#isLastBlock ? CHECKSUM_BYTES : BLOCK_HEADER_BYTES)) return;
    const field = this.#field;
    this.#field = 0;
    this.#fieldFilled = 0;
    if (this.#isLastBlock) {
      this.#checksum = field;
      this.#isAtEnd = true;
      return;
    }
    const type = (field >>> 1) & 3;
    const size = field >>> 3;
    if (type === RESERVED_BLOCK) throw damaged("zstd", "a block is of the reserved type");
    if (size > MAX_BLOCK_BYTES) throw damaged("zstd", "a block is larger than blocks are");
    this.#isLastBlock = (field & 1) === 1;
    this.#blockBytes = type === RLE_BLOCK ? 1 : size;
    if (this.#blockBytes === 0) this.#afterBlock();
  }

  #afterBlock(): void {
    if (this.#isLastBlock && !this.#hasChecksum) this.#isAtEnd = true;
  }
}
