import { type DriverObject, refuse, type SinkSummary } from "@sluice/core";

/** What the blob itself has to remember; users do not see these names among their metadata. */
const OWN_PREFIX = "sluice_";
const CONTENT = "sluice_content_checksum";
const STORED = "sluice_stored_checksum";
/** Names the one upload that made the blob, so that a lost answer can be asked after. */
const UPLOAD = "sluice_upload";

/** 8 KiB of all names and values, less what the own ones need. */
const MAX_METADATA_BYTES = 8 * 1024 - 256;
/** In Azure names are C# identifiers, and HTTP does not keep their case: others are written in the way of Go's CDK. */
const TO_ESCAPE = /^[0-9]|[^a-z0-9_]|_(?=_0x)/gu;
const ESCAPED = /__0x([0-9a-f]+)__/g;
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

export function toBlobMetadata(
  metadata: Readonly<Record<string, string>> | undefined,
  { checksum, storedChecksum }: SinkSummary,
  uploadId: string,
): Record<string, string> {
  const own = { [CONTENT]: checksum, [STORED]: storedChecksum, [UPLOAD]: uploadId };
  const users = Object.entries(metadata ?? {}).map(([name, value]) => [encodeName(name), value] as const);
  return { ...Object.fromEntries(users), ...own };
}

/** The other way round: checksums, the upload's id, and the user's metadata. */
export function fromBlobMetadata(
  kept: Readonly<Record<string, string>> = {},
): Pick<DriverObject, "checksum" | "storedChecksum" | "metadata"> & { readonly uploadId?: string } {
  const { [CONTENT]: checksum, [STORED]: storedChecksum, [UPLOAD]: uploadId, ...rest } = kept;
  return {
    ...(checksum !== undefined && { checksum }),
    ...(storedChecksum !== undefined && { storedChecksum }),
    ...(uploadId !== undefined && { uploadId }),
    metadata: Object.fromEntries(Object.entries(rest).map(([name, value]) => [decodeName(name), value])),
  };
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
