import type { Draw } from "../draw.js";
import { type AnswerMutation, withBody, withHeader } from "./answer-mutation.js";
import { drawChangedBody, drawChunking, drawCutBody } from "./body-mutations.js";
import { drawContentRange, drawHeader } from "./header-mutations.js";
import { drawEarlier, drawStatus, drawWholeAnswer } from "./whole-answers.js";
import { drawRoot, drawXml } from "./xml-mutations.js";

/** A mutation of a service's answer. `isChecked` says that the operation compares an object's bytes with a checksum. */
export function drawMutation(draw: Draw, isChecked: boolean): AnswerMutation {
  const drawers: readonly (() => AnswerMutation)[] = [
    ...[() => drawWholeAnswer(draw), () => drawWholeAnswer(draw), () => drawStatus(draw), () => drawEarlier(draw)],
    ...[() => drawHeader(draw), () => drawHeader(draw), () => drawHeader(draw), () => drawContentRange(draw)],
    ...[() => drawContentRange(draw), () => drawCutBody(draw), () => drawCutBody(draw)],
    ...[() => drawChangedBody(draw, isChecked), () => drawChunking(draw)],
    ...[() => drawXml(draw), () => drawXml(draw), () => drawXml(draw), () => drawRoot(draw)],
  ];
  return draw.one(drawers)();
}

/**
 * An answer to a write that the server never sees. A good answer would be a lie that nobody could find, so that each of these
 * is a stranger's, a failure, or lacks what says that the write was done.
 */
export function drawInstead(draw: Draw): AnswerMutation {
  const status = draw.one([304, 403, 404, 409, 412, 416, 500, 503]);
  const failure: AnswerMutation = ({ request, answer }) => {
    const headers = answer.headers.filter(([name]) => !/^etag$/i.test(name));
    const isBodyless = status === 304 && request.method !== "HEAD";
    return {
      words: `status ${status} with the service's headers`,
      answer: { ...answer, status, headers, ...(isBodyless && { hangUp: true }) },
      ...(request.method === "HEAD" && { lie: "a HEAD can say no more" }),
    };
  };
  const withoutProof: AnswerMutation = ({ requestClass, answer, request }) => {
    if (!["write", "copy", "upload"].includes(requestClass)) return undefined;
    if (/partNumber|comp=block(?!list)/.test(request.path)) return undefined;
    const text = Buffer.from(answer.body)
      .toString()
      .replaceAll(/<ETag>[^<]*<\/ETag>/g, "");
    const bare = withHeader(withHeader(answer, "ETag", undefined), "x-ms-copy-status", undefined);
    return { words: "the service's answer without an ETag", answer: withBody(bare, Buffer.from(text)) };
  };
  return draw.one([
    () => drawWholeAnswer(draw),
    () => drawWholeAnswer(draw),
    () => failure,
    () => withoutProof,
    () => drawRoot(draw),
  ])();
}
