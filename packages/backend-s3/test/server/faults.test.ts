import { forEachConcurrently, isObjectStoreError } from "@sluice/core";
import { SeededRandom } from "@sluice/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { openS3Store } from "../../src/index.js";
import { type Fault, type FaultLink, startFaultLink } from "./fault-link.js";
import { optionsFor, plainClient, storesOn, uploadsOf } from "./server-store.js";

const UPLOADS = 200;
/** `S3_FAULT_MIB=40` is the full measure. */
const OBJECT_BYTES = Number(process.env["S3_FAULT_MIB"] ?? 11) << 20;
const SEED = Number(process.env["S3_FAULT_SEED"] ?? Date.now() % 1_000_000);

describeOnServers(
  "uploads over a bad connection",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);
    let link: FaultLink;

    beforeAll(async () => {
      link = await startFaultLink(server.endpoint);
    });
    afterAll(() => link.close());

    test(`${UPLOADS} of ${OBJECT_BYTES >> 20} MiB arrive whole, or fail with a typed error and leave nothing`, {
      timeout: 3_600_000,
    }, async () => {
      const random = new SeededRandom(SEED);
      const counts: Record<string, number> = {};
      const direct = await openStore();
      link.choose = () => {
        const fault = chooseFault(random);
        counts[fault.kind] = (counts[fault.kind] ?? 0) + 1;
        return fault;
      };
      const options = { ...optionsFor(server), endpoint: link.endpoint };
      const patient = await openS3Store(direct.bucket, "", options);
      // Gives up at the first fault, and so shows what is left then.
      const impatient = await openS3Store(direct.bucket, "", { ...options, maxAttempts: 1 });
      const bytes = random.bytes(OBJECT_BYTES);
      const outcomes: Record<string, number> = {};
      await forEachConcurrently(
        Array.from({ length: UPLOADS }, (_, index) => `object-${index}`),
        4,
        async (key, index) => {
          const store = index % 4 === 0 ? impatient : patient;
          const content = Buffer.concat([Buffer.from(key), bytes]);
          try {
            const { checksum, size } = await store.put(key, content);
            expect(size).toBe(content.byteLength);
            for await (const _ of await direct.get(key, { verify: checksum }));
            outcomes["arrived"] = (outcomes["arrived"] ?? 0) + 1;
          } catch (error) {
            if (!isObjectStoreError(error)) throw error;
            expect(["Unavailable", "Timeout"], `${SEED} ${error.stack}`).toContain(error.code);
            expect(await direct.exists(key), `${SEED} ${key} failed and is there: ${error.stack}`).toBe(false);
            outcomes[error.code] = (outcomes[error.code] ?? 0) + 1;
          }
          await direct.delete(key);
        },
      );
      expect(await uploadsOf(client, direct.bucket), `seed ${SEED}`).toEqual([]);
      console.log(`${server.name}, seed ${SEED}: ${JSON.stringify(outcomes)}; connections: ${JSON.stringify(counts)}`);
      expect(outcomes["arrived"] ?? 0).toBeGreaterThan(UPLOADS / 2);
    });

    test("a body that is cut is taken up again where it stopped", async () => {
      const random = new SeededRandom(SEED);
      const direct = await openStore();
      const bytes = random.bytes(24 << 20);
      const { checksum } = await direct.put("object", bytes);
      link.choose = () =>
        random.integer(0, 2) === 0 ? undefined : { kind: "cut", afterBytesDown: random.integer(0, 5 << 20) };
      const store = await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: link.endpoint });
      const read = await (await store.get("object", { verify: checksum })).bytes();
      expect(Buffer.compare(read, bytes), `seed ${SEED}`).toBe(0);
    });
  },
  { only: ["ceph", "custom"] },
);

/** No connection lasts: each is reset in the middle of a request, or of an answer, or is turned away. */
function chooseFault(random: SeededRandom): Fault {
  const choice = random.integer(0, 9);
  if (choice < 5) return { kind: "reset", afterBytesUp: random.integer(0, 24 << 20) };
  if (choice < 8) return { kind: "cut", afterBytesDown: random.integer(0, 4000) };
  return { kind: "busy" };
}
