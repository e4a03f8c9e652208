import type { CallOptions, ObjectStore } from "./store.js";

/** A backend as the registry knows it. Packages of backends export one as `createBackend()`. */
export interface BackendPlugin {
  /** Such as `fs`. */
  readonly name: string;
  /** Schemes it serves, lower case, without the colon. */
  readonly schemes: readonly string[];
  /**
   * How `openObject` and `openWriter` split an object's URI. `authority`: the base is the bucket, the key is the whole
   * path. `folder`: the base is the object's folder, the key is its name, as for file systems.
   */
  readonly base: "authority" | "folder";
  /** Opens the store of one base. Options are the backend's own; unknown ones are refused with InvalidArgument. */
  open(location: StoreLocation, options: unknown): Promise<ObjectStore>;
  /** Makes the bucket or container of `location`, where the backend has such; AlreadyExists if there is one. Options as for `open`. */
  createContainer?(location: StoreLocation, options: unknown, call?: CallOptions): Promise<void>;
  /** Removes the bucket or container of `location`; NotFound if there is none, InvalidState if it is not empty. */
  deleteContainer?(location: StoreLocation, options: unknown, call?: CallOptions): Promise<void>;
}

export interface StoreLocation {
  readonly scheme: string;
  readonly authority: string;
  /** Empty, or ends in `/`. */
  readonly prefix: string;
}
