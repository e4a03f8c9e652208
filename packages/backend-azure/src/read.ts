import type { Readable } from "node:stream";
import type { BlobClient, BlobGetPropertiesOptions, BlobGetPropertiesResponse } from "@azure/storage-blob";
import { extentOf, isObjectStoreError, ObjectStoreError, type RangedSource, type ResolvedRange } from "@sluice/core";
import { notOfService, ofService, unreadable } from "./answer.js";
import type { AzureContainer } from "./container.js";
import { describe, requestConditions } from "./describe.js";
import { fromAzureError, fromServiceFailure, serviceCodeOf, statusOf } from "./errors.js";

/** One blob as `readByRanges` asks for it. */
export function blobSource({ client, requests }: AzureContainer, key: string): RangedSource {
  const blob = client.getBlobClient(key);
  const source: RangedSource = {
    head: ({ ifMatch, signal }) =>
      requests.run({ operation: "head", signal }, async (abortSignal) =>
        describe(key, whole(await blobProperties(blob, { conditions: requestConditions({ ifMatch }), abortSignal }))),
      ),
    get: async (range, { ifMatch, signal }) => {
      const conditions = requestConditions({ ifMatch });
      try {
        return await requests.run({ operation: "get", signal }, async (abortSignal) => {
          const answer = await download(blob, range, { conditions, abortSignal });
          const body = answer.readableStreamBody as Readable;
          try {
            if (answer._response.status !== 206) await checkWhole(blob, answer, { conditions, abortSignal });
            return { ...opened(key, answer, range), body, cancel: () => void body.destroy() };
          } catch (error) {
            body.destroy();
            throw error;
          }
        });
      } catch (error) {
        // Behind the blob's end, as every byte of an empty one is.
        if (isObjectStoreError(error, "InvalidArgument") && error.statusCode === 416) return undefined;
        // A missing blob has no etag: it is the service's choice which of the two it says.
        if (isObjectStoreError(error, "PreconditionFailed")) await source.head({ signal });
        throw error;
      }
    },
  };
  return source;
}

/** A blob's properties. That there is none is believed only if the service says so. */
export async function blobProperties(
  blob: BlobClient,
  options: BlobGetPropertiesOptions,
): Promise<BlobGetPropertiesResponse> {
  try {
    return ofService(await blob.getProperties(options), "Get Blob Properties");
  } catch (error) {
    if (statusOf(error) !== 404 || serviceCodeOf(error) !== undefined) throw error;
    // An answer to HEAD has no body in which the service could say it otherwise: it is asked for a byte.
    const absence = await download(blob, { start: 0, end: 1 }, options).then(
      ({ readableStreamBody }) => void (readableStreamBody as Readable).destroy(),
      fromAzureError,
    );
    throw isObjectStoreError(absence, "NotFound") ? absence : error;
  }
}

async function download(
  blob: BlobClient,
  { start, end }: ResolvedRange,
  { conditions, abortSignal }: BlobGetPropertiesOptions,
) {
  const options = { maxRetryRequests: 0, ...(conditions && { conditions }), ...(abortSignal && { abortSignal }) };
  const answer = await blob.download(start, end - start, options).catch(unreadable("Get Blob"));
  // What becomes of a body that nobody reads any more is of no interest.
  (answer.readableStreamBody as Readable).on("error", () => undefined);
  return answer;
}

/** The service answers each range with 206. Whoever answers in its place with all of the blob is asked how much that is. */
async function checkWhole(
  blob: BlobClient,
  { contentLength, etag }: Awaited<ReturnType<typeof download>>,
  options: BlobGetPropertiesOptions,
): Promise<void> {
  const properties = await blobProperties(blob, options);
  if (properties.contentLength === contentLength && properties.etag === etag) return;
  throw notOfService("the answer to Get Blob is neither the range that was asked for nor the whole");
}

/** Which bytes of which blob an answer brings. */
function opened(key: string, answer: Awaited<ReturnType<typeof download>>, range: ResolvedRange) {
  const { contentRange, contentLength, contentMD5, blobContentMD5, _response } = whole(ofService(answer, "Get Blob"));
  const { start } = range;
  // Where the service has this error, azurite sends no byte of a range that begins at the blob's end.
  if (contentRange === `bytes ${start}-${start - 1}/${start}`) throw fromServiceFailure(416, "InvalidRange");
  const isPartial = _response.status === 206;
  const extent = extentOf({ isPartial, contentRange, contentLength }, range);
  const { etag, lastModified, contentType, versionId, metadata, blobType } = answer;
  const object = describe(key, {
    contentLength: extent.size,
    etag,
    lastModified,
    contentType,
    versionId,
    metadata,
    blobType,
    // That of a part's answer is of the part.
    contentMD5: isPartial ? blobContentMD5 : (blobContentMD5 ?? contentMD5),
  });
  return { ...extent, object };
}

/** The target of a copy is there from the copy's beginning, and is empty until its end. */
function whole<Answer extends Pick<BlobGetPropertiesResponse, "copyStatus" | "copyStatusDescription">>(
  answer: Answer,
): Answer {
  const { copyStatus, copyStatusDescription } = answer;
  if (copyStatus === undefined || copyStatus === "success") return answer;
  const reason = [copyStatus, copyStatusDescription].filter(Boolean).join(": ");
  const code = copyStatus === "pending" ? "Unavailable" : "InvalidState";
  throw new ObjectStoreError(code, `the object is not whole: the copy that makes it is ${reason}`);
}
