import { type DriverObject, refuse, type SinkSummary } from "@sluice/core";

/** What the blob itself has to remember; users do not see these names among their metadata. */
const OWN_PREFIX = "sluice_";
const CONTENT = "sluice_content_checksum";
const STORED = "sluice_stored_checksum";
const STORED_SIZE = "sluice_stored_size";
/** Names the one upload that made the blob, so that a lost answer can be asked after. */
const UPLOAD = "sluice_upload";

/** 8 KiB of all names and values, less what the own ones need. */
const MAX_METADATA_BYTES = 8 * 1024 - 256;
/** In Azure names are C# identifiers, and HTTP does not keep their case: others are written in the way of Go's CDK. */
const TO_ESCAPE = /^[0-9]|[^a-z0-9_]|_(?=_0x)/gu;
const ESCAPED = /__0x([0-9a-f]+)__/g;
/** As core's `formatChecksum` writes it. */
const CHECKSUM = /^crc32c:[0-9a-f]{8}$/;
const VALUE = /^[!-~]([ -~]*[!-~])?$/;

/** Refuses with InvalidArgument metadata that a blob can't keep. */
export function checkMetadata(metadata: Readonly<Record<string, string>> | undefined, operation: string): void {
  let bytes = 0;
  for (const [name, value] of Object.entries(metadata ?? {})) {
    const encoded = encodeName(name);
    bytes += encoded.length + String(value).length;
    if (name !== "" && !encoded.startsWith(OWN_PREFIX) && typeof value === "string" && VALUE.test(value)) continue;
    const rule = `Azure keeps names that do not begin with ${OWN_PREFIX}, and values of printable ASCII`;
    refuse(`metadata ${JSON.stringify(name)}: ${rule}`, operation);
  }
  if (bytes > MAX_METADATA_BYTES) refuse(`metadata has at most ${MAX_METADATA_BYTES} bytes`, operation);
}

/** What the blob keeps: the user's metadata, the checksums with the size of the bytes they are of, and the upload's id. */
export function toBlobMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
  { checksum, storedChecksum, storedSize }: SinkSummary,
  uploadId: string,
): Record<string, string> {
  const own = {
    [CONTENT]: checksum,
    [STORED]: storedChecksum,
    [STORED_SIZE]: String(storedSize),
    [UPLOAD]: uploadId,
  };
  const users = Object.entries(metadata ?? {}).map(([name, value]) => [encodeName(name), value] as const);
  return { ...Object.fromEntries(users), ...own };
}

/**
 * The other way round: the user's metadata, and the checksums. Any tool may put other bytes under metadata that it keeps, so
 * checksums are told only where all three texts are what this package writes and the size is the blob's.
 */
export function fromBlobMetadata(
  kept: Readonly<Record<string, string>>,
  sizeBytes: number,
): Pick<DriverObject, "checksum" | "storedChecksum" | "metadata"> {
  const { [CONTENT]: checksum, [STORED]: storedChecksum, [STORED_SIZE]: storedSize, [UPLOAD]: _id, ...rest } = kept;
  const isOfThese = isChecksum(checksum) && isChecksum(storedChecksum) && storedSize === String(sizeBytes);
  return {
    ...(isOfThese && { checksum, storedChecksum }),
    metadata: Object.fromEntries(Object.entries(rest).map(([name, value]) => [decodeName(name), value])),
  };
}

/** Which upload made the blob; undefined where another tool did. */
export function uploadIdOf(kept: Readonly<Record<string, string>> | undefined): string | undefined {
  return kept?.[UPLOAD];
}

function isChecksum(text: string | undefined): text is string {
  return text !== undefined && CHECKSUM.test(text);
}

function encodeName(name: string): string {
  return name.replace(TO_ESCAPE, (character) => `__0x${(character.codePointAt(0) ?? 0).toString(16)}__`);
}

function decodeName(name: string): string {
  return name.replace(ESCAPED, (whole, hex: string) => {
    const codePoint = Number.parseInt(hex, 16);
    return codePoint <= 0x10ffff ? String.fromCodePoint(codePoint) : whole;
  });
}
