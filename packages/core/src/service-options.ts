import { refuse } from "./options.js";

/** Refuses with InvalidArgument what is not a text of at least one character, or absent. */
export function checkText(value: unknown, name: string, operation: string): void {
  if (value !== undefined && (typeof value !== "string" || value === "")) refuse(`${name} must be a text`, operation);
}

/** Refuses with InvalidArgument what is not among `choices`, naming them. */
export function checkChoice(value: unknown, name: string, choices: readonly string[], operation: string): void {
  if (choices.includes(value as string)) return;
  const list = choices.map((choice) => `"${choice}"`).join(", ");
  refuse(`${name} is one of ${list}; got ${JSON.stringify(value)}`, operation);
}

/**
 * Refuses with InvalidArgument an endpoint that is more than an address: what is put behind it would be signed and sent, or
 * shown in messages.
 */
export function checkEndpoint(endpoint: unknown, operation: string): void {
  if (endpoint === undefined) return;
  const url = typeof endpoint === "string" && URL.canParse(endpoint) ? new URL(endpoint) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.search !== "" || url.hash !== "")
    refuse(
      "endpoint must be an http or https URL without a query, such as https://storage.example.com:9000",
      operation,
    );
  if (url.username !== "" || url.password !== "")
    refuse("endpoint holds credentials; give them as credentials or in the environment", operation);
}

/** The limit of S3 and of Azure Blob Storage, as are those of names and values. */
const MAX_TAGS = 10;

/** Refuses with InvalidArgument tags that an object of a cloud store can't have. */
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
