import type { Answer, RequestHead } from "@sluice/core/testing";
import type { RequestClass } from "./exchange-class.js";

/** An answer on its way to the client. */
export interface MutatedExchange {
  readonly request: RequestHead;
  readonly requestClass: RequestClass;
  readonly answer: Answer;
  /** Answers that this client was given before, oldest first. */
  readonly earlier: readonly EarlierAnswer[];
}

export interface EarlierAnswer {
  readonly requestClass: RequestClass;
  readonly request: RequestHead;
  readonly answer: Answer;
}

export interface MutatedAnswer {
  readonly words: string;
  readonly answer: Answer;
  /** Why no client could know, if so: what the answer says is whole, in order, and only not true. */
  readonly lie?: string;
}

/** Changes an answer; undefined where there is nothing that it could change. All that it draws is drawn beforehand. */
export type AnswerMutation = (exchange: MutatedExchange) => MutatedAnswer | undefined;

export function headerOf({ headers }: Answer, name: string): string | undefined {
  return headers.find(([other]) => other.toLowerCase() === name)?.[1];
}

/** The same answer with a header set, added or (undefined) left out. */
export function withHeader(answer: Answer, name: string, value: string | undefined): Answer {
  const rest = answer.headers.filter(([other]) => other.toLowerCase() !== name.toLowerCase());
  return { ...answer, headers: value === undefined ? rest : [...rest, [name, value]] };
}

/** The same answer with another body, and a Content-Length that fits. */
export function withBody(answer: Answer, body: Uint8Array): Answer {
  return withHeader({ ...answer, body }, "Content-Length", `${body.byteLength}`);
}
