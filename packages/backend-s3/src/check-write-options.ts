import { refuse } from "./check-values.js";

/** S3's own limit. */
const MAX_TAGS = 10;

/** An endpoint is an address and nothing else: what is put behind it would be signed and sent, or shown in messages. */
export function checkEndpoint(endpoint: unknown, operation: string): void {
  if (endpoint === undefined) return;
  const url = typeof endpoint === "string" && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    refuse("endpoint must be a URL such as https://storage.example.com:9000", operation);
  if (url.username !== "" || url.password !== "")
    refuse("endpoint holds credentials; give them as credentials or in the environment", operation);
}

export function checkSseKey(key: unknown, serverSideEncryption: unknown, operation: string): void {
  if (key === undefined) return;
  if (!(key instanceof Uint8Array) || key.byteLength !== 32) refuse("sseCustomerKey must be 32 bytes", operation);
  if (serverSideEncryption !== undefined) refuse("give sseCustomerKey or serverSideEncryption, not both", operation);
}

export function checkTags(tags: unknown, operation: string): void {
  if (tags === undefined) return;
  if (typeof tags !== "object" || tags === null || Array.isArray(tags)) refuse("tags must be an object", operation);
  const entries = Object.entries(tags);
  if (entries.length > MAX_TAGS) refuse(`an object takes at most ${MAX_TAGS} tags`, operation);
  for (const [name, value] of entries) {
    if (name === "" || name.length > 128 || typeof value !== "string" || value.length > 256)
      refuse(
        `tag ${JSON.stringify(name)} must have a name of 1 to 128 and a text of at most 256 characters`,
        operation,
      );
  }
}
