import { type ErrorCode, isObjectStoreError, ObjectStoreError } from "../errors.js";

/** To a thread. */
export type ToWorker<Request> =
  | { readonly kind: "request"; readonly id: number; readonly request: Request }
  | { readonly kind: "abort" };

/** From a thread. */
export type FromWorker<Reply, Notice> =
  | { readonly kind: "reply"; readonly id: number; readonly reply: Reply }
  | { readonly kind: "failure"; readonly id: number; readonly failure: WorkerFailure }
  | { readonly kind: "notice"; readonly notice: Notice };

/** What of an error can go from one thread to another: classes and brands can't. */
export interface WorkerFailure {
  readonly message: string;
  readonly code?: ErrorCode;
  readonly details?: Readonly<Record<string, unknown>>;
}

export function toFailure(error: unknown): WorkerFailure {
  const message = error instanceof Error ? error.message : String(error);
  if (!isObjectStoreError(error)) return { message };
  const { code, operation, uri, backend, retryable, statusCode, requestId, expected, actual, bytes } = error;
  const details = { operation, uri, backend, retryable, statusCode, requestId, expected, actual, bytes };
  return { message, code, details };
}

export function fromFailure({ message, code, details }: WorkerFailure): Error {
  return code === undefined ? new Error(message) : new ObjectStoreError(code, message, details);
}
