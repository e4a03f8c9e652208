import { isObjectStoreError } from "@sluice/core";
import { ANSWER_FORMS, type AnswerForm, isOwnAnswer } from "./answer-forms.js";
import { errorCodeOf, xmlProblem } from "./answer-xml.js";
import { readAnswerText } from "./read-answer.js";

/** An answer as it came, before the SDK makes something of it. */
interface RawAnswer {
  statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  body?: unknown;
}

/** The answer to a request that is not S3's, or contradicts the request: something on the way may have given it. */
class NotFromS3 extends Error {
  override readonly name: string = "NotFromS3";
  /** By this the SDK's own strategy sends the request again. */
  readonly $retryable = {};
  readonly $metadata: { httpStatusCode?: number };

  constructor(what: string, details: { readonly statusCode?: number; readonly cause?: unknown } = {}) {
    const { statusCode, cause } = details;
    super(what, cause === undefined ? undefined : { cause });
    this.$metadata = statusCode === undefined ? {} : { httpStatusCode: statusCode };
  }
}

/**
 * Lets a command succeed, or fail for a reason of the service's, only by an answer in S3's own terms: with the status, the
 * headers and the whole XML that S3 gives to this command, and past `check`, which looks at what it says. Any other answer
 * counts as a failed attempt. Set on the command, so that it also holds for a client of the caller's.
 */
export function withStrictAnswer<Output>(command: object, check?: (output: Output) => void): void {
  const { middlewareStack } = command as { readonly middlewareStack: AnswerStack };
  const place = { toMiddleware: "deserializerMiddleware", override: true } as const;
  middlewareStack.addRelativeTo(
    (next, { commandName = "" }) =>
      async (args) => {
        const result = await next(args);
        await checkRaw(commandName.replace(/Command$/, ""), result.response, isRanged(args));
        return result;
      },
    { ...place, relation: "after", name: "sluiceRawAnswer" },
  );
  if (check === undefined) return;
  middlewareStack.addRelativeTo(
    (next) => async (args) => {
      const result = await next(args);
      try {
        check(result.output as Output);
      } catch (cause) {
        if (isObjectStoreError(cause) && !cause.retryable) throw cause;
        throw new NotFromS3(cause instanceof Error ? cause.message : String(cause), { cause });
      }
      return result;
    },
    { ...place, relation: "before", name: "sluiceReadAnswer" },
  );
}

function isRanged(args: unknown): boolean {
  const { request } = args as { readonly request?: { readonly headers: Readonly<Record<string, string>> } };
  return request?.headers["range"] !== undefined;
}

async function checkRaw(operation: string, answer: RawAnswer, isOfRange: boolean): Promise<void> {
  const form = ANSWER_FORMS[operation];
  if (form === undefined) return;
  const problem =
    answer.statusCode >= 300 ? await errorProblem(form, answer) : await successProblem(form, answer, isOfRange);
  if (problem === undefined) return;
  (answer.body as { destroy?(): void } | undefined)?.destroy?.();
  throw new NotFromS3(`the answer to ${operation} ${problem}; it is not from S3`, answer);
}

/** Statuses by which S3 says that something is absent, there already, another version, or elsewhere. */
function isClaim(status: number): boolean {
  return status < 400 || status === 404 || status === 409 || status === 412;
}

async function errorProblem(form: AnswerForm, answer: RawAnswer): Promise<string | undefined> {
  const { statusCode, headers } = answer;
  if (!isClaim(statusCode)) return undefined;
  if (form.isHead === true) {
    // It has no body. An absence, or another version, whoever asks can confirm.
    const isDoubtful = !isOwnAnswer(headers) && statusCode !== 404 && statusCode !== 412;
    return isDoubtful ? `has status ${statusCode}` : undefined;
  }
  const code = errorCodeOf(await takeText(answer));
  if (code === undefined) return `has status ${statusCode} without an error of S3's`;
  return statusCode === 404 && !/^(NoSuch\w+|NotFound)$/.test(code) ? `has status 404 and means ${code}` : undefined;
}

async function successProblem(form: AnswerForm, answer: RawAnswer, isOfRange: boolean): Promise<string | undefined> {
  const { statusCode, headers } = answer;
  if (!form.statuses.includes(statusCode)) return `has status ${statusCode}`;
  const missing = form.headers?.find((name) => (headers[name] ?? "") === "");
  if (missing !== undefined) return `has no ${missing}`;
  if (form.body === "object") {
    // S3 answers a ranged request in part, a web server may not. Who asks for a whole object asks for a range if in doubt.
    const isPage = isOfRange && statusCode === 200 && /^\s*text\/html\b/i.test(headers["content-type"] ?? "");
    return isPage && form.isHead !== true && !isOwnAnswer(headers) ? "is a web page" : undefined;
  }
  const text = await takeText(answer);
  if (form.body === "empty") return text.trim() === "" ? undefined : "has a body";
  if (errorCodeOf(text) === undefined) return xmlProblem(text, form.body);
  // S3 may find out after its answer began that it has failed.
  answer.statusCode = 503;
  return undefined;
}

/** The text of the body, which is left for the SDK to read. */
async function takeText(answer: RawAnswer): Promise<string> {
  const { statusCode } = answer;
  const text = await readAnswerText(answer.body, (what) => new NotFromS3(what, { statusCode }));
  answer.body = new TextEncoder().encode(text);
  return text;
}

type Handler = (args: unknown) => Promise<{ readonly response: RawAnswer; readonly output?: unknown }>;

/** What is used of a command's middleware; the SDK's type differs with each command. */
interface AnswerStack {
  addRelativeTo(
    middleware: (next: Handler, context: { readonly commandName?: string }) => Handler,
    options: {
      readonly relation: "before" | "after";
      readonly toMiddleware: string;
      readonly name: string;
      readonly override: boolean;
    },
  ): void;
}
