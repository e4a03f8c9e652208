import { homedir, tmpdir } from "node:os";
import { openDirectStore } from "@sluice/backend-directio";
import { isObjectStoreError } from "@sluice/core";

const CANDIDATES: readonly string[] = [tmpdir(), "/var/tmp", process.cwd(), homedir()];

/** The first folder that takes direct I/O, since the temporary one is often in memory; undefined, and said so, if none does. */
export const diskFolder: string | undefined = await (async () => {
  for (const folder of CANDIDATES) {
    const refusal = await openDirectStore(folder).then(
      () => undefined,
      (error: unknown) => error,
    );
    if (refusal === undefined) return folder;
    if (!isObjectStoreError(refusal)) throw refusal;
    console.log(`${folder} is not tested: ${refusal.message}`);
  }
  return undefined;
})();

/** Why a test of directio is not run. */
export const NO_DISK = `no folder that takes direct I/O among ${CANDIDATES.join(", ")}`;

/** Where temporary folders are made: on a disk if there is one. */
export const temporaryBase: string = diskFolder ?? tmpdir();
