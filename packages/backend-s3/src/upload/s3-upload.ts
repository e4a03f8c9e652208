import {
  CreateMultipartUploadCommand,
  type CreateMultipartUploadCommandOutput,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import {
  isObjectStoreError,
  type MultipartUpload,
  ObjectStoreError,
  type SinkOptions,
  type SinkReceipt,
  type SinkSummary,
  type StoredPart,
  type UploadPart,
} from "@sluice/core";
import type { S3Bucket } from "../bucket.js";
import { withUnsignedPayload } from "../client/request-middleware.js";
import { arrivedDamaged, attemptsOf } from "../errors.js";
import { toBase64 } from "../object-facts.js";
import { DEFAULT_CONTENT_TYPE, keyFields, tagging, writeFields } from "../write-fields.js";
import { fits } from "../xml-names.js";
import { type ChecksumMode, creationFields, learnMode, learntMode, lesserMode } from "./checksum-modes.js";
import { completeUpload, type S3PartReceipt, type UploadTarget } from "./complete-upload.js";
import { mayHaveWorked } from "./lost-answer.js";
import { abortOrphans, abortUpload, LIVING_UPLOADS, type UnknownBegin } from "./orphans.js";
import { putWhole } from "./put-whole.js";

/** How long uploads whose id was lost are looked for. */
const ORPHANS_LIMIT_MS = 10_000;
const ORPHANS_LIMIT_AFTER_ABORT_MS = 400;

/** The five primitives of one object's upload. */
export class S3Upload implements MultipartUpload<S3PartReceipt> {
  readonly #bucket: S3Bucket;
  readonly #key: string;
  readonly #options: SinkOptions;
  #mode: ChecksumMode;
  #uploadId: string | undefined;
  #unknownBegin: UnknownBegin | undefined;

  /** `chosen` for parts whose checksum nobody knows, as when they are copied. */
  constructor(bucket: S3Bucket, key: string, options: SinkOptions, chosen?: "none") {
    this.#bucket = bucket;
    this.#key = key;
    this.#options = options;
    const checksums = chosen ?? bucket.options.transfer.checksums;
    this.#mode = checksums === "auto" ? (learntMode(bucket.client, bucket.name) ?? "full") : checksums;
  }

  /** Which upload it is; only after `begin`. */
  get target(): UploadTarget {
    return { Bucket: this.#bucket.name, Key: this.#key, UploadId: this.#uploadId ?? "" };
  }

  putWhole(bytes: Uint8Array, summary: SinkSummary, signal: AbortSignal): Promise<SinkReceipt> {
    return putWhole(this.#bucket, this.#key, bytes, this.#options, summary, signal);
  }

  async begin(signal: AbortSignal): Promise<void> {
    const { ifNotExists, ifMatch } = this.#options;
    const { profile } = this.#bucket.options;
    if (ifNotExists === true && profile.ifNotExists !== "always") throw this.#onlyWhole("ifNotExists");
    if (ifMatch !== undefined && profile.ifMatch !== "always") throw this.#onlyWhole("ifMatch");
    const fromMs = Date.now();
    try {
      await this.#create(signal, fromMs);
    } catch (error) {
      if (mayHaveWorked(error)) {
        const limitMs = signal.aborted ? ORPHANS_LIMIT_AFTER_ABORT_MS : ORPHANS_LIMIT_MS;
        // An abort does not tell how often the request was sent.
        const mayBe = signal.aborted ? await this.#bucket.client.config.maxAttempts() : attemptsOf(error);
        const begin = { fromMs, toMs: Date.now(), mayBe };
        // What is not found in time is left to a sweep: it holds no bytes.
        await abortOrphans(this.#bucket, this.#key, begin, AbortSignal.timeout(limitMs)).catch(() => undefined);
      }
      throw error;
    }
  }

  /** Opens the upload with the checksums that the server takes, and learns which these are. */
  async #create(signal: AbortSignal, fromMs: number): Promise<void> {
    const { contentType = DEFAULT_CONTENT_TYPE, metadata } = this.#options;
    const { client, name, options } = this.#bucket;
    for (;;) {
      const command = new CreateMultipartUploadCommand({
        ...{ Bucket: name, Key: this.#key, ContentType: contentType },
        ...(metadata !== undefined && { Metadata: { ...metadata } }),
        ...creationFields(this.#mode),
        ...writeFields(options.write),
        ...tagging(options.write.tags),
      });
      try {
        const answer = await this.#bucket.send(command, { signal, key: this.#key, check: this.#checkCreated });
        const { UploadId = "" } = answer;
        const unknown = (answer.$metadata.attempts ?? 1) - 1;
        if (unknown > 0) this.#unknownBegin = { fromMs, toMs: Date.now(), mayBe: unknown };
        this.#uploadId = UploadId;
        LIVING_UPLOADS.add(UploadId);
        // A server that knows whole-object checksums says so; others ignore the request without a word.
        if (this.#mode === "full" && answer.ChecksumType !== "FULL_OBJECT") this.#mode = "composite";
        if (options.transfer.checksums === "auto") learnMode(client, name, this.#mode);
        return;
      } catch (error) {
        const lesser = isRefusal(error) ? lesserMode(this.#mode) : undefined;
        if (lesser === undefined) throw error;
        this.#mode = lesser;
      }
    }
  }

  readonly #checkCreated = ({ UploadId = "", Bucket, Key }: CreateMultipartUploadCommandOutput): void => {
    if (UploadId === "") throw new ObjectStoreError("Unavailable", "no upload id came back");
    if (fits(Key, this.#key) && fits(Bucket, this.#bucket.name)) return;
    throw new ObjectStoreError("Unavailable", "the upload that was begun is of another object");
  };

  async putPart(part: UploadPart, signal: AbortSignal): Promise<S3PartReceipt> {
    const { options } = this.#bucket;
    const { buffer, byteOffset, byteLength } = part.bytes;
    const checksum = toBase64(part.crc32c);
    const command = new UploadPartCommand({
      ...this.target,
      PartNumber: part.number,
      Body: Buffer.from(buffer, byteOffset, byteLength),
      ContentLength: byteLength,
      ...(this.#mode !== "none" && { ChecksumAlgorithm: "CRC32C", ChecksumCRC32C: checksum }),
      ...keyFields(options.write.sseCustomerKey),
    });
    withUnsignedPayload(command, options.transfer.unsignedPayload);
    const answer = await this.#bucket.send(command, { signal, key: this.#key });
    const echo = answer.ChecksumCRC32C;
    if (echo !== undefined && echo !== checksum) throw arrivedDamaged(`part ${part.number}`, checksum, echo);
    return { etag: answer.ETag ?? "", ...(echo !== undefined && { echo }) };
  }

  async complete(
    parts: readonly StoredPart<S3PartReceipt>[],
    summary: SinkSummary,
    signal: AbortSignal,
  ): Promise<SinkReceipt> {
    const upload = { target: this.target, mode: this.#mode, options: this.#options };
    const receipt = await completeUpload(this.#bucket, upload, parts, summary, signal);
    await this.#cleanUpBegin();
    return receipt;
  }

  async abort(signal: AbortSignal): Promise<void> {
    try {
      if (this.#uploadId !== undefined) await abortUpload(this.#bucket, this.#key, this.#uploadId, signal);
    } finally {
      await this.#cleanUpBegin();
    }
  }

  /** If `begin` was sent more than once, there may be an upload that we don't know. */
  async #cleanUpBegin(): Promise<void> {
    if (this.#unknownBegin !== undefined) {
      const limit = AbortSignal.timeout(ORPHANS_LIMIT_MS);
      await abortOrphans(this.#bucket, this.#key, this.#unknownBegin, limit).catch(() => undefined);
    }
    if (this.#uploadId !== undefined) LIVING_UPLOADS.delete(this.#uploadId);
  }

  #onlyWhole(condition: string): ObjectStoreError {
    const { partBytes } = this.#bucket.options.transfer;
    const message = `this server holds ${condition} only for objects put in one request: at most partBytes (${partBytes})`;
    return new ObjectStoreError("Unsupported", message);
  }
}

function isRefusal(error: unknown): boolean {
  return isObjectStoreError(error, "InvalidArgument") || isObjectStoreError(error, "Unsupported");
}
