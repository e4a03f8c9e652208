import { ObjectStoreError } from "../errors.js";

export interface MemoryObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
  readonly lastModified: Date;
  readonly checksum: string;
  readonly storedChecksum: string;
  readonly contentType?: string;
  readonly metadata?: Readonly<Record<string, string>>;
}

export interface MemoryCondition {
  readonly ifNotExists?: boolean;
  readonly ifMatch?: string;
}

/** Objects by key. Each method is one step that nothing can come between, which is what makes the conditions hold. */
export class MemoryBucket {
  readonly objects: Map<string, MemoryObject> = new Map<string, MemoryObject>();
  #versions = 0;

  /** Stores `object` under a new etag, which is returned. */
  set(key: string, object: Omit<MemoryObject, "etag" | "lastModified">, condition: MemoryCondition): string {
    this.#check(key, condition);
    const etag = `"${++this.#versions}"`;
    this.objects.set(key, { ...object, etag, lastModified: new Date() });
    return etag;
  }

  require(key: string, ifMatch?: string): MemoryObject {
    const object = this.objects.get(key);
    if (object === undefined) throw new ObjectStoreError("NotFound", `no object ${JSON.stringify(key)}`);
    if (ifMatch !== undefined) this.#check(key, { ifMatch });
    return object;
  }

  delete(key: string, condition: MemoryCondition): boolean {
    if (!this.objects.has(key)) return false;
    this.#check(key, condition);
    return this.objects.delete(key);
  }

  #check(key: string, { ifNotExists, ifMatch }: MemoryCondition): void {
    const current = this.objects.get(key);
    if (ifNotExists === true && current !== undefined) {
      throw new ObjectStoreError("AlreadyExists", `${JSON.stringify(key)} exists already`);
    }
    if (ifMatch !== undefined && current?.etag !== ifMatch) {
      throw new ObjectStoreError("PreconditionFailed", `${JSON.stringify(key)} is not the version ${ifMatch}`);
    }
  }
}
