import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import { type DriverEntry, type DriverListOptions, type DriverPage, ObjectStoreError, pageAfter } from "@sluice/core";
import type { S3Bucket } from "./bucket.js";
import { quoted } from "./object-facts.js";

/** Pages as the server cuts them, each in the order of UTF-8 bytes; the next is asked for when it is wanted. */
export async function* listObjects(
  bucket: S3Bucket,
  { prefix, delimiter, startAfter, pageSize, signal }: DriverListOptions,
): AsyncGenerator<DriverPage, void, void> {
  let token: string | undefined;
  do {
    const command = new ListObjectsV2Command({
      ...{ Bucket: bucket.name, Prefix: prefix, MaxKeys: pageSize },
      // XML can't hold every character that a key may have.
      EncodingType: "url",
      ...(delimiter !== undefined && { Delimiter: delimiter }),
      ...(startAfter !== undefined && { StartAfter: startAfter }),
      ...(token !== undefined && { ContinuationToken: token }),
    });
    const answer = await bucket.call((options) => bucket.client.send(command, options), { signal });
    const page = pageAfter(startAfter, entriesOf(answer));
    if (page.entries.length > 0) yield page;
    const next = answer.IsTruncated === true ? answer.NextContinuationToken : undefined;
    if (next !== undefined && next === token) throw new ObjectStoreError("Internal", "the listing does not go on");
    token = next;
  } while (token !== undefined);
}

function entriesOf({ Contents = [], CommonPrefixes = [], EncodingType }: ListObjectsV2CommandOutput): DriverEntry[] {
  const decode = EncodingType === "url" ? decodeKey : (text: string) => text;
  const objects = Contents.map(({ Key = "", Size = 0, ETag = "", LastModified }) => ({
    key: decode(Key),
    size: Size,
    etag: quoted(ETag),
    lastModified: wholeSeconds(LastModified ?? new Date(0)),
  }));
  const prefixes = CommonPrefixes.map(({ Prefix = "" }) => ({ prefix: decode(Prefix) }));
  return [...objects, ...prefixes];
}

/** S3's url encoding writes a space as `+`, and a plus as `%2B`. */
function decodeKey(text: string): string {
  return decodeURIComponent(text.replaceAll("+", "%20"));
}

/** As HeadObject tells it: HTTP has whole seconds, some servers list fractions. */
function wholeSeconds(time: Date): Date {
  return new Date(Math.floor(time.getTime() / 1000) * 1000);
}
