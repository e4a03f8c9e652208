import { type Codec, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { asTensorArray, type TensorArray } from "./dtype.js";
import type { SafetensorsHeader, TensorInfo } from "./header.js";

export interface SafetensorsSource {
  readonly store: ObjectStore;
  readonly key: string;
  readonly decode: Codec | undefined;
  /** Of the version whose header was read. */
  readonly etag: string;
}

/** A tensor that was read. */
export interface Tensor extends TensorInfo {
  /** F16 and BF16 come as Uint16Array, BOOL and the 8-bit floats as Uint8Array, the others as what they are. */
  readonly data: TensorArray;
}

/** An opened safetensors file: its header is in memory, its tensors are read by range, of the same version as the header. */
export class SafetensorsFile {
  /** In the order of their bytes. */
  readonly tensors: readonly TensorInfo[];
  readonly metadata: Readonly<Record<string, string>>;
  readonly #source: SafetensorsSource;
  readonly #byName: ReadonlyMap<string, TensorInfo>;

  constructor(source: SafetensorsSource, { tensors, metadata }: SafetensorsHeader) {
    this.#source = source;
    this.tensors = tensors;
    this.metadata = metadata;
    this.#byName = new Map(tensors.map((tensor) => [tensor.name, tensor]));
  }

  /**
   * Reads one tensor, and of the object no more than its bytes (of a zstd object, its frames). NotFound if there is none of the
   * name; PreconditionFailed if the object was replaced. A part of a shard has no checksum of its own: `verify` is for that.
   */
  async tensor(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Tensor> {
    const { store, key, decode, etag } = this.#source;
    const uri = store.uriOf(key);
    const info = this.#byName.get(name);
    if (info === undefined) {
      throw new ObjectStoreError("NotFound", `${uri} has no tensor ${JSON.stringify(name)}`, { operation: "tensor" });
    }
    const { start, end, dtype } = info;
    const bytes = await store.getRange(
      key,
      { start, end },
      { ifMatch: etag, ...(decode !== undefined && { decode }), ...(signal !== undefined && { signal }) },
    );
    if (bytes.byteLength !== end - start) {
      const message = `${uri} ends within the tensor ${JSON.stringify(name)}`;
      throw new ObjectStoreError("ChecksumMismatch", message, { operation: "tensor", uri });
    }
    return { ...info, data: asTensorArray(bytes, dtype) };
  }
}
