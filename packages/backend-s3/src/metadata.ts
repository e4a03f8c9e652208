import { refuse } from "@sluice/core";

/**
 * Metadata that conditional puts carry, and no reader sees: if the answer to such a put is lost and the server then says that
 * there is an object, it tells whether that one is ours.
 */
export const WRITE_ID = "sluice-write-id";

/** S3's limit for all names and values together. */
const MAX_METADATA_BYTES = 2048;

const NAME = /^[!#$%&'*+.^_`|~0-9a-z-]+$/;
const VALUE = /^(?:[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?)?$/;

/** Refuses with InvalidArgument what headers would change on the way: upper case in names, and anything but ASCII. */
export function checkMetadata(metadata: Readonly<Record<string, string>> | undefined, operation: string): void {
  if (metadata === undefined) return;
  if (typeof metadata !== "object" || metadata === null) refuse("metadata must be an object", operation);
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata)) {
    if (!NAME.test(name))
      refuse(`metadata ${JSON.stringify(name)}: S3 keeps names in lower case ASCII only`, operation);
    if (name === WRITE_ID) refuse(`metadata ${WRITE_ID} is the backend's own`, operation);
    if (typeof value !== "string" || !VALUE.test(value))
      refuse(
        `metadata ${JSON.stringify(name)}: the value must be ASCII without a space around it; encode it`,
        operation,
      );
    bytes += name.length + value.length;
  }
  if (bytes > MAX_METADATA_BYTES) refuse(`metadata is ${bytes} bytes long, S3 takes ${MAX_METADATA_BYTES}`, operation);
}
