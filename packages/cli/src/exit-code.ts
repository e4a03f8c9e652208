/** What the command's exit status tells. */
export const EXIT = {
  good: 0,
  /** The data is not what it should be. */
  badData: 1,
  /** Nothing was done, or not all of what was asked for. */
  notDone: 1,
  /** The call can't be meant, or was refused before anything was done. */
  usage: 2,
  /** The store, or what lies between, failed. */
  storage: 3,
  /** 128 + SIGINT. */
  interrupted: 130,
  /** 128 + SIGTERM. */
  terminated: 143,
} as const;

/** Shown at the end of every `--help`. */
export const EXIT_CODES_HELP = `
Exit status:
  0    good
  1    the data is bad: a checksum or a byte is wrong, an object of a dataset is missing;
       or not all was done: there is nothing to copy, remove or list, or --keep-going told of failures
  2    usage: wrong arguments, an unknown scheme, an object that may not be replaced
  3    storage: not found, no permission, no space, not available
  130  interrupted (143: terminated)`;
