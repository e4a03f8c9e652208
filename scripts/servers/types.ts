/**
 * The S3 servers that tests run on: Ceph's radosgw, Swift's s3api, versitygw and SeaweedFS, and the one that
 * `S3_TEST_ENDPOINT` names.
 */
export type S3ServerName = "ceph" | "swift" | "versitygw" | "seaweedfs" | "custom";

/** A running S3 server, spoken to in path style. */
export interface S3Server {
  readonly name: S3ServerName;
  /** Such as `http://127.0.0.1:15622`. */
  readonly endpoint: string;
  readonly region: string;
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  /** What fits as the option `server` of a store on it; absent where nobody knows which software answers. */
  readonly profile?: "ceph" | "swift" | "minio";
  /** The folder that holds object KEY of bucket BUCKET as the plain file BUCKET/KEY; absent where objects are no files. */
  readonly objectsFolder?: string;
}

/** A running server that speaks Azure Blob. */
export interface AzureServer {
  readonly name: "azurite" | "custom";
  readonly connectionString: string;
}

/** A server that could not be had, and why. */
export interface MissingServer<Name extends string = string> {
  readonly name: Name;
  readonly unavailable: string;
  /** The tests can do without it: its absence is no failure, not even in CI. */
  readonly optional?: true;
}

export type S3ServerOrMissing = S3Server | MissingServer<S3ServerName>;
export type AzureServerOrMissing = AzureServer | MissingServer<AzureServer["name"]>;

/** A server with the way to stop it: when the promise settles its processes have ended and its data are gone. */
export interface StartedServer<Server> {
  readonly server: Server;
  readonly stop: () => Promise<void>;
}
