import { forEachConcurrently, isObjectStoreError } from "@sluice/core";
import { type FaultPlan, type FaultProxy, SeededRandom } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { openS3Store } from "../../src/index.js";
import { optionsFor, plainClient, proxyTo, storesOn, uploadsOf } from "./server-store.js";

const UPLOADS = 200;
/** `S3_FAULT_MIB=40` is the full measure. */
const OBJECT_BYTES = Number(process.env["S3_FAULT_MIB"] ?? 11) << 20;
const SEED = Number(process.env["S3_FAULT_SEED"] ?? Date.now() % 1_000_000);

/** Every fourth request is lost on its way, in its middle, or with its answer, or is turned away. */
const FLAKY: FaultPlan = {
  probability: 0.25,
  faults: [
    { kind: "reset", on: "request" },
    { kind: "reset", on: "request", afterBytes: [0, 5 << 20], weight: 3 },
    { kind: "cut", on: "request", afterBytes: [0, 5 << 20], weight: 2 },
    { kind: "reset", on: "response", weight: 2 },
    { kind: "cut", on: "response", afterBytes: [0, 300] },
    { kind: "burst503", requests: [1, 3] },
  ],
};

describeOnServers(
  "uploads over a bad connection",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);

    test(`${UPLOADS} of ${OBJECT_BYTES >> 20} MiB arrive whole, or fail with a typed error and leave nothing`, {
      timeout: 3_600_000,
    }, async () => {
      const direct = await openStore();
      const proxy = await proxyTo(server, FLAKY, SEED);
      const options = { ...optionsFor(server), endpoint: proxy.url };
      const patient = await openS3Store(direct.bucket, "", options);
      // Gives up at the first fault, and so shows what is left then.
      const impatient = await openS3Store(direct.bucket, "", { ...options, maxAttempts: 1 });
      const bytes = new SeededRandom(SEED).bytes(OBJECT_BYTES);
      const arrived = { patient: 0, impatient: 0 };
      await forEachConcurrently(
        Array.from({ length: UPLOADS }, (_, index) => `object-${index}`),
        4,
        async (key, index) => {
          const isPatient = index % 4 !== 0;
          const content = Buffer.concat([Buffer.from(key), bytes]);
          try {
            const { checksum, size } = await (isPatient ? patient : impatient).put(key, content);
            expect(size).toBe(content.byteLength);
            for await (const _ of await direct.get(key, { verify: checksum }));
            arrived[isPatient ? "patient" : "impatient"]++;
          } catch (error) {
            if (!isObjectStoreError(error)) throw error;
            expect(["Unavailable", "Timeout"], `${SEED} ${error.stack}`).toContain(error.code);
            expect(await direct.exists(key), `${SEED} ${key} failed and is there: ${error.stack}`).toBe(false);
          }
          await direct.delete(key);
        },
      );
      expect(await uploadsOf(client, direct.bucket), `seed ${SEED}`).toEqual([]);
      const patients = (UPLOADS * 3) / 4;
      console.log(
        `${server.name}, seed ${SEED}: ${arrived.patient} of ${patients} with the default of attempts and ` +
          `${arrived.impatient} of ${UPLOADS - patients} with one arrived; ${proxy.requests.length} requests, faults: ${hits(proxy)}`,
      );
      expect(arrived.patient, `seed ${SEED}`).toBeGreaterThan(0.9 * patients);
      expect(arrived.impatient, `seed ${SEED}`).toBeLessThan(UPLOADS - patients);
    });

    test("a body that is cut is taken up again where it stopped", async () => {
      const direct = await openStore();
      const bytes = new SeededRandom(SEED).bytes(24 << 20);
      const { checksum } = await direct.put("object", bytes);
      const cut = { kind: "cut", on: "response", afterBytes: [0, 5 << 20] } as const;
      const proxy = await proxyTo(server, { faults: [cut], probability: 0.6 }, SEED);
      const store = await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: proxy.url });
      const read = await (await store.get("object", { verify: checksum })).bytes();
      expect(Buffer.compare(read, bytes), `seed ${SEED}`).toBe(0);
    });
  },
  { only: ["ceph", "custom"] },
);

/** How many faults of each kind took effect. */
function hits({ log }: FaultProxy): string {
  const counts: Record<string, number> = {};
  for (const { fault, hit } of log) if (hit) counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
  return JSON.stringify(counts);
}
