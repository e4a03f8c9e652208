/** What a store can do. What it cannot, it refuses with Unsupported before any I/O. */
export interface Capabilities {
  /** `ifNotExists`: of any number of racing writers, in any number of processes, one wins. */
  readonly ifNotExists: boolean;
  /** `ifMatch`: an object is replaced or deleted only while its etag is the given one. */
  readonly ifMatch: boolean;
  /**
   * Where present, `ifNotExists` and `ifMatch` hold for objects of at most so many stored bytes, and a larger one under a
   * condition is refused with Unsupported.
   */
  readonly conditionsMaxBytes?: number;
  /** `rename` is one atomic step; where false it is a copy and a delete. */
  readonly atomicRename: boolean;
  /** `contentType` and `metadata` are kept with the object. */
  readonly metadata: boolean;
  /** Keys with empty segments (`a//b`), a first or final `/`, or segments `.` and `..` are ordinary keys. */
  readonly anyKey: boolean;
  /** Both `a` and `a/b` can be objects at the same time. */
  readonly keyBelowKey: boolean;
  /** The longest key, in bytes of UTF-8. */
  readonly maxKeyBytes: number;
}
