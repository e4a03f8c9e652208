/** How S3 answers an operation that succeeds. */
export interface AnswerForm {
  readonly statuses: readonly number[];
  /** Headers that each server gives. */
  readonly headers?: readonly string[];
  /** The object itself, nothing at all, or XML whose root has one of these names. */
  readonly body: "object" | "empty" | readonly string[];
  readonly isHead?: boolean;
}

const FACTS = ["etag", "last-modified"];
const xml = (...roots: readonly string[]): AnswerForm => ({ statuses: [200], body: roots });
const STORED: AnswerForm = { statuses: [200], headers: ["etag"], body: "empty" };
const REMOVED: AnswerForm = { statuses: [204, 200], body: "empty" };

/**
 * What Amazon's documentation and each server tried have in common: Ceph 18, Swift 2.35, versitygw 1, SeaweedFS 4, and moto 5,
 * which calls two roots `…Response`. https://docs.aws.amazon.com/AmazonS3/latest/API/API_Operations_Amazon_Simple_Storage_Service.html
 */
export const ANSWER_FORMS: Readonly<Record<string, AnswerForm>> = {
  HeadObject: { statuses: [200], headers: [...FACTS, "content-length"], body: "object", isHead: true },
  GetObject: { statuses: [200, 206], headers: FACTS, body: "object" },
  PutObject: STORED,
  UploadPart: STORED,
  CopyObject: xml("CopyObjectResult"),
  UploadPartCopy: xml("CopyPartResult"),
  CreateMultipartUpload: xml("InitiateMultipartUploadResult"),
  CompleteMultipartUpload: xml("CompleteMultipartUploadResult", "CompleteMultipartUploadResponse"),
  AbortMultipartUpload: REMOVED,
  ListObjectsV2: xml("ListBucketResult"),
  ListMultipartUploads: xml("ListMultipartUploadsResult"),
  ListParts: xml("ListPartsResult", "ListPartsResponse"),
  DeleteObject: REMOVED,
  DeleteObjects: xml("DeleteResult"),
  CreateBucket: { statuses: [200], body: "empty" },
  DeleteBucket: REMOVED,
};

/** Whether an answer has a header that only S3 and servers that speak its protocol give. Some of them give none. */
export function isOwnAnswer(headers: Readonly<Record<string, string>>): boolean {
  return Object.keys(headers).some((name) => /^x-(amz|amzn|goog|guploader)-/.test(name));
}
