/** File systems that keep files in memory, by the magic number that statfs(2) gives (linux/magic.h). They accept O_DIRECT. */
const MEMORY_FILE_SYSTEMS: ReadonlyMap<number, string> = new Map([
  [0x01021994, "tmpfs"],
  [0x858458f6, "ramfs"],
  [0x958458f6, "hugetlbfs"],
]);

/** Others whose names help to understand a refusal. */
const NAMES: ReadonlyMap<number, string> = new Map([
  [0x794c7630, "overlay"],
  [0x65735546, "fuse"],
  [0x6969, "nfs"],
  [0x01021997, "9p"],
  [0x2fc12fc1, "zfs"],
  [0x9123683e, "btrfs"],
  [0xef53, "ext4"],
  [0x58465342, "xfs"],
]);

/** The name of a file system that has no device behind its files; undefined for others. */
export function memoryFileSystem(type: number): string | undefined {
  return MEMORY_FILE_SYSTEMS.get(unsigned(type));
}

/** What a person calls the file system. */
export function fileSystemName(type: number): string {
  return NAMES.get(unsigned(type)) ?? `the file system 0x${unsigned(type).toString(16)}`;
}

/** Node gives the number with a sign on some machines. */
function unsigned(type: number): number {
  return type >>> 0;
}
