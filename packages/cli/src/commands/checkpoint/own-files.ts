import { describeIdentity, type Identity } from "@sluice/checkpoint";
import { CommandError } from "../../command-error.js";

interface ShardFile {
  readonly name: string;
  readonly path: string;
}

/** What one process saves of a checkpoint. */
export interface OwnFiles {
  readonly worldSize: number;
  /** Of this process, where other processes save the other ranks. */
  readonly rank: number | undefined;
  /** This process's files by rank. */
  readonly files: readonly (readonly [rank: number, file: ShardFile])[];
  /** The names of all ranks' files; undefined where only the own one is known. */
  readonly names: readonly string[] | undefined;
}

/**
 * Which files this process saves, and as which ranks: all of the folder where it is alone; where its ranks are processes, its own one: the
 * only one of the folder, or of as many files as there are ranks the one of its rank.
 */
export function ownFiles(folder: string, files: readonly ShardFile[], identity: Identity): OwnFiles {
  const { rank, worldSize } = identity;
  const names = files.map(({ name }) => name);
  if (rank === undefined || worldSize === 1) {
    if (worldSize > 1 && worldSize !== files.length) {
      throw new CommandError("Usage", `${folder} has ${files.length} files, and --world-size is ${worldSize}`);
    }
    return { worldSize: files.length, rank: undefined, files: files.map((file, index) => [index, file]), names };
  }
  if (rank >= worldSize) {
    throw new CommandError("Usage", `there is no rank ${rank}: of ${worldSize} ranks, the last is ${worldSize - 1}`);
  }
  const own = files.length === worldSize ? files[rank] : files.length === 1 ? files[0] : undefined;
  if (own !== undefined) {
    return { worldSize, rank, files: [[rank, own]], names: files.length === worldSize ? names : undefined };
  }
  throw new CommandError(
    "Usage",
    `${describeIdentity(identity)}, and ${folder} has ${files.length} files: give a folder of this rank's file alone, or of ${worldSize} files, one a rank; or save all files by one process with --launcher none`,
  );
}
