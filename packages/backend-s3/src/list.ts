import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import {
  type DriverEntry,
  type DriverListOptions,
  type DriverPage,
  isAfter,
  isObjectStoreError,
  ListingCheck,
  nameOf,
  ObjectStoreError,
} from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { headObject } from "./head.js";
import { quoted } from "./object-facts.js";
import { decodeUrl, fits } from "./xml-names.js";

/** Pages of keys and prefixes, in order, up to the page that S3 calls the last; each is believed only where it fits the others. */
export async function* listObjects(
  bucket: S3Bucket,
  options: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  const { prefix, delimiter, startAfter, pageSize, signal } = options;
  const listing = new ListingCheck(options);
  let token: string | undefined;
  let start = startAfter;
  for (let goesOn = true; goesOn; ) {
    const command = new ListObjectsV2Command({
      ...{ Bucket: bucket.name, Prefix: prefix, MaxKeys: pageSize },
      // XML can't hold every character that a key may have.
      EncodingType: "url",
      ...(delimiter !== undefined && { Delimiter: delimiter }),
      ...(start !== undefined && { StartAfter: start }),
      ...(token !== undefined && { ContinuationToken: token }),
    });
    let page: DriverPage = { entries: [] };
    const check = (answer: ListObjectsV2CommandOutput): void => {
      checkEchoes(answer, bucket, options);
      const entries = entriesOf(answer).filter((entry) => start === startAfter || isAfter(nameOf(entry), start));
      page = listing.acceptPage({ entries, nextToken: nextTokenOf(answer) });
    };
    const answer = await bucket.send(command, { signal, check });
    if (answer.EncodingType === "url") bucket.encodesNames = true;
    else await checkReplaced(bucket, page, signal);
    if (page.entries.length > 0) yield page;
    token = nextTokenOf(answer);
    // A full page is called the last by one word alone: what lies behind it is asked for once more.
    const last = isFull(answer, pageSize) ? page.entries.at(-1) : undefined;
    goesOn = token !== undefined || last !== undefined;
    if (token === undefined && last !== undefined) start = nameOf(last);
  }
}

function isFull({ Contents = [], CommonPrefixes = [] }: ListObjectsV2CommandOutput, pageSize: number): boolean {
  return Contents.length + CommonPrefixes.length >= pageSize;
}

/** What an answer says of the request has to be what was asked for, and of itself, what it holds. */
function checkEchoes(
  { Name, Prefix, Delimiter, EncodingType, KeyCount, Contents = [], CommonPrefixes = [] }: ListObjectsV2CommandOutput,
  { name, encodesNames }: S3Bucket,
  { prefix, delimiter = "" }: DriverListOptions,
): void {
  // An access point's alias stands for another name.
  if (!fits(Name, name) && !name.endsWith("-s3alias")) throw unfit("the listing is of another bucket");
  if (!fits(Prefix, prefix)) throw unfit("the listing is of another prefix");
  if (!fits(Delimiter, delimiter)) throw unfit("the listing is by another delimiter");
  // Some servers never encode.
  const isEncodingKnown = EncodingType === "url" || ((EncodingType ?? "") === "" && !encodesNames);
  if (!isEncodingKnown) throw unfit("the listing is in another encoding");
  if (KeyCount !== undefined && KeyCount !== Contents.length + CommonPrefixes.length) {
    throw unfit(`the listing says that it has ${KeyCount} entries, and has ${Contents.length + CommonPrefixes.length}`);
  }
}

/** The token of the page behind a page; undefined if it is the last, empty where the answer does not go on. */
function nextTokenOf({ IsTruncated, NextContinuationToken = "" }: ListObjectsV2CommandOutput): string | undefined {
  if (IsTruncated === true) return NextContinuationToken;
  if (NextContinuationToken !== "") throw unfit("the listing goes on behind its last page");
  return undefined;
}

function entriesOf({ Contents = [], CommonPrefixes = [], EncodingType }: ListObjectsV2CommandOutput): DriverEntry[] {
  const decode = (text = ""): string => {
    const name = EncodingType === "url" ? decodeUrl(text) : text;
    if (name === undefined) throw unfit(`${JSON.stringify(text)} is not url-encoded, as the listing says`);
    return name;
  };
  const objects = Contents.map(({ Key, Size = -1, ETag = "", LastModified }) => {
    if (!Number.isSafeInteger(Size) || Size < 0 || ETag === "" || LastModified === undefined) {
      throw unfit(`the listing does not say how large, how old, or of which version ${JSON.stringify(Key)} is`);
    }
    return { key: decode(Key), size: Size, etag: quoted(ETag), lastModified: wholeSeconds(LastModified) };
  });
  const prefixes = CommonPrefixes.map(({ Prefix }) => ({ prefix: decode(Prefix) }));
  return [...objects, ...prefixes];
}

/**
 * Some servers do not encode, and write U+FFFD for what XML can't hold: a key that has one may be another's. Unsupported
 * where there is no object of the key.
 */
async function checkReplaced(
  bucket: S3Bucket,
  { entries }: DriverPage,
  signal: AbortSignal | undefined,
): Promise<void> {
  for (const entry of entries) {
    if ("prefix" in entry || !entry.key.includes("\uFFFD")) continue;
    await headObject(bucket, entry.key, { signal }).catch((cause) => {
      if (!isObjectStoreError(cause, "NotFound")) throw cause;
      const message = `the server lists an object as ${JSON.stringify(entry.key)} that has another key, which XML can't hold`;
      throw new ObjectStoreError("Unsupported", message, { cause });
    });
  }
}

/** As HeadObject tells it: HTTP has whole seconds, some servers list fractions. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}

function unfit(what: string): ObjectStoreError {
  return new ObjectStoreError("Unavailable", `${what}; it can't be believed`);
}
