import { ObjectStoreError } from "./errors.js";

/** `scheme://authority/path`; the path is taken verbatim: no percent-decoding, no query, no fragment. */
export interface ObjectUri {
  readonly scheme: string;
  /** Bucket, container or memory store; empty for file systems. */
  readonly authority: string;
  /** Everything after the `/` that ends the authority. */
  readonly path: string;
}

const FORM = /^([A-Za-z][A-Za-z0-9+.-]*):\/\/([^/]*)(?:\/([\s\S]*))?$/;

/** Splits a URI; InvalidArgument if it is none. The scheme is lower-cased, nothing else is changed. */
export function parseObjectUri(uri: string): ObjectUri {
  const match = typeof uri === "string" ? FORM.exec(uri) : null;
  if (match === null) {
    throw new ObjectStoreError(
      "InvalidArgument",
      `not an object URI: ${JSON.stringify(uri)} (expected scheme://authority/key, such as s3://bucket/key or file:///folder/key)`,
      { operation: "parseObjectUri" },
    );
  }
  const [, scheme = "", authority = "", path = ""] = match;
  if (authority.includes("@")) {
    throw new ObjectStoreError(
      "InvalidArgument",
      `${scheme}: URI holds credentials; give them to the backend's options or environment instead`,
      { operation: "parseObjectUri" },
    );
  }
  return { scheme: scheme.toLowerCase(), authority, path };
}

/** The reverse of {@link parseObjectUri}. */
export function formatObjectUri({ scheme, authority, path }: ObjectUri): string {
  return `${scheme}://${authority}/${path}`;
}

/** `path` as the base of a store: empty, or ending in `/`. */
export function asBasePath(path: string): string {
  return path === "" || path.endsWith("/") ? path : `${path}/`;
}
