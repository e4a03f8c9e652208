import { SlabPool } from "./slab-pool.js";

/** Pools of this process, for as long as a store or a writer uses them. */
const pools = new Map<string, WeakRef<SlabPool>>();

/** The one pool of this size in the process. */
export function sharedPool(poolBytes: number, slabBytes: number): SlabPool {
  const name = `${poolBytes}/${slabBytes}`;
  const present = pools.get(name)?.deref();
  if (present !== undefined) return present;
  const made = new SlabPool(poolBytes, slabBytes);
  pools.set(name, new WeakRef(made));
  return made;
}
