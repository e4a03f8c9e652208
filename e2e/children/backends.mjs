import { openDirectStore } from "@sluice/backend-directio";
import { openFsStore } from "@sluice/backend-fs";

/** The store of a folder through the backend of that name. */
export async function openBackend(backend, folder, options) {
  return backend === "directio" ? openDirectStore(folder, options) : openFsStore(folder, options);
}
