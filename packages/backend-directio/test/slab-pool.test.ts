import { lentMemoryOf } from "@sluice/core";
import { describe, expect, test } from "vitest";
import { sharedPool } from "../src/pool/shared-pools.js";
import { SlabPool } from "../src/pool/slab-pool.js";

const SLAB = 1 << 20;

describe("the pool", () => {
  test("has slabs that do not overlap, aligned to 64 KiB, of memory that is known to be lent", () => {
    const pool = new SlabPool(4 * SLAB + 1, SLAB);
    const slabs = [pool.tryTake(), pool.tryTake(), pool.tryTake(), pool.tryTake()] as Uint8Array[];
    expect(pool.tryTake()).toBeUndefined();
    expect(new Set(slabs.map(({ byteOffset }) => byteOffset)).size).toBe(4);
    for (const slab of slabs) {
      expect([slab.byteLength, slab.byteOffset % 65_536]).toEqual([SLAB, 0]);
      expect(lentMemoryOf(slab)).toBe(pool);
    }
  });

  test("hands slabs over in the order of asking, and a withdrawn request gets none", async () => {
    const pool = new SlabPool(SLAB, SLAB);
    const slab = pool.tryTake() as Uint8Array;
    const [first, second, third] = [pool.take(), pool.take(), pool.take()];
    second.withdraw();
    expect(await second.slab).toBeUndefined();
    pool.giveBack(slab);
    expect(await first.slab).toBe(slab);
    pool.giveBack(slab);
    expect(await third.slab).toBe(slab);
    pool.giveBack(slab);
    expect(pool.freeCount).toBe(1);
  });

  test("asks those who have rested longest to park, as many as are needed and no more", async () => {
    const pool = new SlabPool(3 * SLAB, SLAB);
    const parked: number[] = [];
    const holders = [0, 1, 2].map((index) => {
      const slab = pool.tryTake() as Uint8Array;
      return { park: () => parked.push(index) && pool.giveBack(slab) };
    });
    for (const holder of holders) pool.rest(holder);
    pool.wake(holders[0] as (typeof holders)[0]);
    pool.rest(holders[0] as (typeof holders)[0]);
    const taken = (await pool.take().slab) as Uint8Array;
    expect(parked).toEqual([1]);
    const request = pool.take();
    expect(parked).toEqual([1]);
    pool.rest({ park: () => pool.giveBack(taken) });
    expect(parked).toEqual([1, 2]);
    expect(await request.slab).toBeDefined();
  });

  test("asks nobody while enough slabs are under way, and someone as soon as they are not", () => {
    const pool = new SlabPool(2 * SLAB, SLAB);
    const [own, other] = [pool.tryTake(), pool.tryTake()] as [Uint8Array, Uint8Array];
    let parked = 0;
    const park = (): void => {
      parked++;
      pool.giveBack(own);
    };
    pool.rest({ park });
    const requests = [pool.take(), pool.take()];
    expect(parked).toBe(1);
    expect(requests).toHaveLength(2);
    pool.giveBack(other);
    expect(pool.freeCount).toBe(0);
  });

  test("sets workspaces aside for generators, as many as it has, and takes each back once", () => {
    const pool = new SlabPool(SLAB, SLAB);
    expect(pool.allocate(20_481)).toBeUndefined();
    const areas = Array.from({ length: 64 }, () => pool.allocate(17 << 10));
    expect(pool.allocate(1)).toBeUndefined();
    expect(new Set(areas.map((area) => area?.address)).size).toBe(64);
    const slab = pool.tryTake() as Uint8Array;
    for (const area of areas) expect((area?.address as number) + 20_480).toBeLessThanOrEqual(slab.byteOffset);
    areas[3]?.free();
    areas[3]?.free();
    expect(pool.allocate(1)?.address).toBe(areas[3]?.address);
    expect(pool.allocate(1)).toBeUndefined();
  });

  test("is one for each size in the process", () => {
    const pool = sharedPool(2 * SLAB, SLAB);
    expect(sharedPool(2 * SLAB, SLAB)).toBe(pool);
    expect(sharedPool(3 * SLAB, SLAB)).not.toBe(pool);
  });
});
