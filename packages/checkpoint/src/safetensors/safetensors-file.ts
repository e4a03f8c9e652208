import { type Codec, type ObjectStore, ObjectStoreError } from "@sluice/core";
import { asTensorArray, DTYPES, type Dtype, isDtype, type TensorArray } from "./dtype.js";
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
  readonly dtype: Dtype;
  /**
   * F16 and BF16 come as Uint16Array, BOOL, the 8-bit floats and the packed bytes of smaller ones as Uint8Array, C64 as Float32Array of
   * real and imaginary parts in turn, the others as what they are.
   */
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
   * name; PreconditionFailed if the object was replaced; Unsupported for a dtype that is not known here, whose bytes
   * {@link tensorBytes} reads. A part of a shard has no checksum of its own: `verify` is for that.
   */
  async tensor(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Tensor> {
    const { dtype, ...info } = this.#find(name, "tensor");
    if (!isDtype(dtype)) {
      const message = `the tensor ${JSON.stringify(name)} has the dtype ${JSON.stringify(dtype)} (known: ${DTYPES.join(", ")}); tensorBytes reads it`;
      throw new ObjectStoreError("Unsupported", message, { operation: "tensor" });
    }
    const bytes = await this.#read({ dtype, ...info }, signal);
    return { ...info, dtype, data: asTensorArray(bytes, dtype) };
  }

  /** Reads one tensor's bytes as they are stored, whatever its dtype; else as {@link tensor}. */
  async tensorBytes(name: string, { signal }: { readonly signal?: AbortSignal } = {}): Promise<Uint8Array> {
    return this.#read(this.#find(name, "tensorBytes"), signal);
  }

  #find(name: string, operation: string): TensorInfo {
    const info = this.#byName.get(name);
    if (info !== undefined) return info;
    const { store, key } = this.#source;
    const message = `${store.uriOf(key)} has no tensor ${JSON.stringify(name)}`;
    throw new ObjectStoreError("NotFound", message, { operation });
  }

  async #read({ name, start, end }: TensorInfo, signal: AbortSignal | undefined): Promise<Uint8Array> {
    const { store, key, decode, etag } = this.#source;
    const uri = store.uriOf(key);
    const bytes = await store.getRange(
      key,
      { start, end },
      { ifMatch: etag, ...(decode !== undefined && { decode }), ...(signal !== undefined && { signal }) },
    );
    if (bytes.byteLength === end - start) return bytes;
    const message = `${uri} ends within the tensor ${JSON.stringify(name)}`;
    throw new ObjectStoreError("ChecksumMismatch", message, { operation: "tensor", uri });
  }
}
