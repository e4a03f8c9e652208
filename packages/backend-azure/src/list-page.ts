import type { BlobItem, BlobPrefix, ContainerClient } from "@azure/storage-blob";
import { notOfService, ofService } from "./answer.js";

/** A blob of a listing. The SDK hands on what it does not know, such as ResourceType, under the service's name. */
export type ListedBlob = BlobItem & { readonly properties: { readonly ResourceType?: unknown } };

/** A page of a listing that is whole. */
export interface ListPage {
  /** Each kind as the service sent it. */
  readonly blobs: readonly ListedBlob[];
  readonly prefixes: readonly { readonly name: string }[];
  /** Undefined at the listing's end. */
  readonly nextToken: string | undefined;
}

/** What the SDK makes of an answer to List Blobs; whatever the answer lacks, this lacks. */
type Answer = Parameters<typeof ofService>[0] & {
  readonly containerName: string;
  readonly prefix?: string;
  readonly segment: { readonly blobItems: readonly BlobItem[]; readonly blobPrefixes?: readonly BlobPrefix[] };
  readonly continuationToken?: string;
  readonly _response: { readonly bodyAsText: string };
};

/** The service's XML begins with a byte order mark, which counts as a space here. */
const WHOLE = /^\s*(<\?xml[^>]*\?>)?\s*<EnumerationResults[\s>].*<\/EnumerationResults>\s*$/s;
const NO_ENTRY = /<Blobs\s*(\/>|>\s*<\/Blobs>)/;
const ENTRY = /<(Blob|BlobPrefix)>\s*<Name(?:\s+Encoded="(true|false)")?>([^<]*)<\/Name>/g;

/**
 * The page that an answer is; Unavailable if the answer is no whole listing of this container and prefix. The SDK has found the
 * XML well-formed; it does not look at the root's name and takes what is missing for nothing.
 * https://learn.microsoft.com/rest/api/storageservices/list-blobs
 */
export function listPage(answer: Answer, { containerName }: ContainerClient, prefix: string): ListPage {
  const { segment, continuationToken, _response } = ofService(answer, "List Blobs");
  if (!WHOLE.test(_response.bodyAsText)) throw notAListing("is no EnumerationResults");
  if (answer.containerName !== containerName) throw notAListing("is of another container");
  if ((answer.prefix ?? "") !== prefix) throw notAListing("is of another prefix");
  if (typeof continuationToken !== "string") throw notAListing("has no NextMarker");
  const { blobItems, blobPrefixes = [] } = segment;
  const names = namesOf(_response.bodyAsText);
  if (names.Blob.length !== blobItems.length || names.BlobPrefix.length !== blobPrefixes.length) {
    throw notAListing("has entries that can't be read");
  }
  if (blobItems.length + blobPrefixes.length === 0 && !NO_ENTRY.test(_response.bodyAsText)) {
    throw notAListing("has something else than blobs");
  }
  if (blobItems.some(({ properties }) => properties === undefined)) throw notAListing("has a blob without properties");
  const blobs = blobItems.map((item, index) => ({ ...item, name: names.Blob[index] as string }));
  const prefixes = names.BlobPrefix.map((name) => ({ name }));
  return { blobs, prefixes, nextToken: continuationToken || undefined };
}

/**
 * The names as the XML has them: the SDK leaves `&#xD;` as it is, which would be another key. What XML can't hold, the service
 * encodes as in a URL, and says so.
 */
function namesOf(xml: string): Readonly<Record<"Blob" | "BlobPrefix", string[]>> {
  const names = { Blob: [] as string[], BlobPrefix: [] as string[] };
  for (const [, kind, encoded, raw] of xml.matchAll(ENTRY)) {
    const text = withoutEntities(raw as string);
    names[kind as keyof typeof names].push(encoded === "true" ? decodeURIComponent(text) : text);
  }
  return names;
}

const ENTITIES: Readonly<Record<string, string>> = { lt: "<", gt: ">", amp: "&", quot: '"', apos: "'" };

/** https://www.w3.org/TR/xml/#sec-references; a reference to anything else is left, and no key of the service has it. */
function withoutEntities(text: string): string {
  if (!text.includes("&")) return text;
  return text.replace(/&(?:#(\d+)|#x([0-9a-f]+)|(\w+));/gi, (whole, decimal, hex, name) => {
    if (name !== undefined) return ENTITIES[name] ?? whole;
    return String.fromCodePoint(decimal === undefined ? Number.parseInt(hex, 16) : Number(decimal));
  });
}

function notAListing(what: string) {
  return notOfService(`the answer to List Blobs ${what}`);
}
