import type { Readable } from "node:stream";
import { type AskedRange, extentOf, isObjectStoreError, type RangeAnswer, type RangedSource } from "@sluice/core";
import type { AzureContainer } from "./container.js";
import { describe, requestConditions } from "./describe.js";

/** One blob as `readByRanges` asks for it. */
export function blobSource({ client, requests }: AzureContainer, key: string): RangedSource {
  const blob = client.getBlobClient(key);
  const source: RangedSource = {
    head: async ({ ifMatch, signal }) => {
      const conditions = requestConditions({ ifMatch });
      const call = { operation: "head", signal };
      return describe(key, await requests.run(call, (abortSignal) => blob.getProperties({ conditions, abortSignal })));
    },
    get: async ({ start, end }, { ifMatch, signal }) => {
      const options = { conditions: requestConditions({ ifMatch }), maxRetryRequests: 0 };
      try {
        const answer = await requests.run({ operation: "get", signal }, (abortSignal) =>
          blob.download(start, end - start, { ...options, abortSignal }),
        );
        const body = answer.readableStreamBody as Readable;
        // What becomes of a body that nobody reads any more is of no interest.
        body.on("error", () => undefined);
        const { contentRange, contentLength, _response } = answer;
        const isPartial = _response.status === 206;
        const extent = extentOrStop({ isPartial, contentRange, contentLength }, { start, end }, body);
        return { ...extent, object: describe(key, answer, extent.size), body, cancel: () => void body.destroy() };
      } catch (error) {
        // Behind the blob's end, as every byte of an empty one is.
        if (isObjectStoreError(error) && error.statusCode === 416) return undefined;
        // A missing blob has no etag: it is the service's choice which of the two it says.
        if (isObjectStoreError(error, "PreconditionFailed")) await source.head({ signal });
        throw error;
      }
    },
  };
  return source;
}

function extentOrStop(answer: RangeAnswer, asked: AskedRange, body: Readable): ReturnType<typeof extentOf> {
  try {
    return extentOf(answer, asked);
  } catch (error) {
    body.destroy();
    throw error;
  }
}
