import { createHash } from "node:crypto";
import type { DeleteObjectsCommand, GetObjectCommand, PutObjectCommand, UploadPartCommand } from "@aws-sdk/client-s3";

interface Request {
  readonly protocol: string;
  readonly headers: Record<string, string>;
  readonly body?: unknown;
}

/**
 * Leaves the body out of the signature, which spares the SDK hashing it with SHA-256: over https unless told otherwise, over
 * http only where it was asked for. Set on the command, so that it also holds for a client of the caller's.
 */
export function withUnsignedPayload<Command extends PutObjectCommand | UploadPartCommand>(
  command: Command,
  unsignedPayload: boolean | undefined,
): Command {
  onBuild(command, (request) => {
    if (unsignedPayload ?? request.protocol === "https:") {
      request.headers["x-amz-content-sha256"] = "UNSIGNED-PAYLOAD";
    }
  });
  return command;
}

/** Adds the Content-MD5 that many servers want of DeleteObjects; the SDK gives only newer checksums. */
export function withContentMd5(command: DeleteObjectsCommand): DeleteObjectsCommand {
  onBuild(command, ({ headers, body }) => {
    if (typeof body === "string" || body instanceof Uint8Array) {
      headers["content-md5"] = createHash("md5").update(body).digest("base64");
    }
  });
  return command;
}

/** Asks for the object's checksums. The SDK's own ChecksumMode would also have it hash the body, in JavaScript. */
export function withChecksums(command: GetObjectCommand): GetObjectCommand {
  onBuild(command, ({ headers }) => {
    headers["x-amz-checksum-mode"] = "ENABLED";
  });
  return command;
}

function onBuild(
  command: PutObjectCommand | UploadPartCommand | DeleteObjectsCommand | GetObjectCommand,
  change: (request: Request) => void,
): void {
  const stack = command.middlewareStack as unknown as BuildStack;
  stack.add(
    (next) => async (args) => {
      change(args.request);
      return next(args);
    },
    { step: "build", name: "sluiceRequest" },
  );
}

type BuildHandler = (args: { readonly request: Request }) => Promise<unknown>;

/** What is used of a command's middleware; the SDK's type differs with each command. */
interface BuildStack {
  add(
    middleware: (next: BuildHandler) => BuildHandler,
    options: { readonly step: "build"; readonly name: string },
  ): void;
}
