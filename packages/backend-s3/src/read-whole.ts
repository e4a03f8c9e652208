import { createHash } from "node:crypto";
import { isObjectStoreError, ObjectStoreError, type OpenedRange, type ReadPin, type WholeObject } from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { headObject } from "./head.js";
import { MD5_LIMIT_BYTES } from "./limits.js";
import { md5OfEtag } from "./object-facts.js";

const MD5_OF_NOTHING = "d41d8cd98f00b204e9800998ecf8427e";

/**
 * An answer that brings a whole object, once more than its `Content-Length` tells that nothing is missing: a checksum, an ETag
 * that is the MD5 of the bytes, or HeadObject, which is asked last. Undefined where HeadObject tells of another size or version.
 */
export async function provenWhole(
  bucket: S3Bucket,
  key: string,
  whole: WholeObject,
  { signal }: ReadPin,
): Promise<WholeObject | undefined> {
  const { etag, storedChecksum } = whole.object;
  const md5 = md5OfEtag(etag);
  if (storedChecksum !== undefined || (whole.end === 0 && md5 === MD5_OF_NOTHING)) return whole;
  const head = () => headObject(bucket, key, { ifMatch: etag, signal });
  if (whole.end > 0 && whole.end <= MD5_LIMIT_BYTES && md5 !== undefined) {
    return { ...whole, ...provenAtEnd(whole, md5, async () => requireSize(whole.end, (await head()).size)) };
  }
  try {
    const object = await head();
    if (object.size === whole.end && object.etag === etag) return { ...whole, object };
  } catch (error) {
    if (!isObjectStoreError(error, "PreconditionFailed")) {
      whole.cancel();
      throw error;
    }
  }
  whole.cancel();
  return undefined;
}

/** The same body, which asks `confirm` at its end unless the bytes have the MD5 that is the ETag. */
function provenAtEnd(
  { body, drain }: WholeObject,
  md5: string,
  confirm: () => Promise<void>,
): Omit<OpenedRange, "cancel"> {
  const hash = createHash("md5");
  const prove = async (): Promise<void> => {
    if (hash.digest("hex") !== md5) await confirm();
  };
  async function* proven(): AsyncGenerator<Uint8Array, void, void> {
    for await (const chunk of body) {
      hash.update(chunk);
      yield chunk;
    }
    await prove();
  }
  const drained = async (use: (chunk: Uint8Array) => void): Promise<void> => {
    await drain?.((chunk) => {
      hash.update(chunk);
      use(chunk);
    });
    await prove();
  };
  return { body: proven(), ...(drain !== undefined && { drain: drained }) };
}

function requireSize(answered: number, told: number): void {
  if (answered === told) return;
  const message = `the answer to GetObject has ${answered} bytes, and the object has ${told}`;
  // The bytes have been delivered: asking for the rest would not take them back.
  throw new ObjectStoreError("ChecksumMismatch", message, { bytes: answered });
}
