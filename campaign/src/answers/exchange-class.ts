import type { RequestHead } from "@sluice/core/testing";

/** What a request asks for, as far as mutations of its answer differ. */
export type RequestClass = "read" | "head" | "list" | "write" | "copy" | "delete" | "deleteMany" | "upload";

/** Tells a request's class by its head, for one service. */
export type ClassOf = (request: RequestHead) => RequestClass;

export const s3ClassOf: ClassOf = ({ method, path, headers }: RequestHead) => {
  const { pathname, searchParams } = new URL(path, "http://server");
  if (method === "HEAD") return "head";
  if (method === "GET") return searchParams.has("list-type") || isBucket(pathname) ? "list" : "read";
  if (method === "DELETE") return searchParams.has("uploadId") ? "upload" : "delete";
  if (searchParams.has("delete")) return "deleteMany";
  if (headers["x-amz-copy-source"] !== undefined) return "copy";
  return searchParams.has("uploads") || searchParams.has("uploadId") ? "upload" : "write";
};

export const azureClassOf: ClassOf = ({ method, path, headers }: RequestHead) => {
  const { searchParams } = new URL(path, "http://server");
  if (method === "HEAD") return "head";
  if (method === "GET") return searchParams.get("comp") === "list" ? "list" : "read";
  if (method === "DELETE") return "delete";
  if (searchParams.get("comp") === "batch") return "deleteMany";
  if (headers["x-ms-copy-source"] !== undefined) return "copy";
  return /^block/.test(searchParams.get("comp") ?? "") ? "upload" : "write";
};

function isBucket(pathname: string): boolean {
  return pathname.split("/").filter((part) => part !== "").length === 1;
}
