import { ObjectStoreError } from "@sluice/core";

/** Of an answer as the SDK gives it, what tells whether the service gave it. */
interface Answer {
  readonly requestId?: string;
  readonly clientRequestId?: string;
  readonly _response: {
    readonly headers: Headers;
    readonly request: { readonly headers: Headers };
  };
}

interface Headers {
  get(name: string): string | undefined;
}

/** Of what is no date in HTTP's form, `Date` makes one all the same. https://www.rfc-editor.org/rfc/rfc9110#http.date */
const HTTP_DATE = /^[A-Z][a-z]{2}, \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT$/;

/**
 * The answer, if the service gave it, and to this very request; else Unavailable, as whatever stands between may answer in
 * the service's place. `call` is the service's name of the operation.
 * https://learn.microsoft.com/rest/api/storageservices/troubleshooting-api-operations
 */
export function ofService<Given extends Answer>(answer: Given, call: string): Given {
  const { requestId, clientRequestId, _response } = answer;
  if (!requestId) throw notOfService(`the answer to ${call} has no x-ms-request-id`);
  if (clientRequestId !== undefined && clientRequestId !== _response.request.headers.get("x-ms-client-request-id")) {
    throw notOfService(`the answer to ${call} is that to another request`);
  }
  const time = _response.headers.get("last-modified");
  if (time !== undefined && !HTTP_DATE.test(time)) throw notOfService(`the answer to ${call} has no readable time`);
  return answer;
}

/** Builds the error for an answer that can't be believed; `what` says why. */
export function notOfService(what: string, statusCode?: number): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `${what}; it is not from Azure Storage`, { statusCode });
}

/**
 * Throws what the SDK threw, with Unavailable in place of its errors about answers that it can't take apart: those of
 * JavaScript's own kinds, since it does not look before it reads.
 */
export function unreadable(call: string): (error: unknown) => never {
  return (error) => {
    const isOfReading = error instanceof TypeError || error instanceof RangeError || error instanceof URIError;
    throw isOfReading ? notOfService(`the answer to ${call} can't be read (${error.message})`) : error;
  };
}
