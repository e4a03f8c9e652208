import { type FaultProxy, type RequestHead, SeededRandom } from "@sluice/core/testing";
import { expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { openS3Store, type S3Store } from "../../src/index.js";
import { optionsFor, plainClient, proxyTo, storesOn, uploadsOf } from "./server-store.js";

const LIMIT_MS = 1000;
/** The second is a promise of ours: a machine or a server that stood still for the half of one has not broken it. */
const TIMED = { retry: 2 };
const bytes = new SeededRandom(3).bytes(22 << 20);

const BEGIN = /^POST \S+\?uploads/;
const COMPLETE = /^POST \S+uploadId=/;

/** Nothing happens to the request; that its head has come is seen by the hit. */
const SEEN = { kind: "delay", delayMs: 0 } as const;
/** The server has done what it was asked for, and no byte of its answer passes. */
const HELD_BACK = { kind: "stall", on: "response" } as const;

describeOnServers(
  "an abort settles within a second, ends the requests and leaves nothing",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);

    async function open() {
      const direct = await openStore();
      const proxy = await proxyTo(server);
      const store = await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: proxy.url });
      return { direct, proxy, store };
    }

    interface Stopped {
      readonly phase: string;
      readonly direct: S3Store;
      readonly proxy: FaultProxy;
      /** When to abort. */
      readonly when: Promise<unknown>;
      readonly put: (signal: AbortSignal) => Promise<unknown>;
    }

    async function expectStopped({ phase, direct, proxy, when, put }: Stopped): Promise<unknown> {
      const controller = new AbortController();
      const settled = put(controller.signal).then(
        () => "done",
        (error: unknown) => error,
      );
      await when;
      const firedAtMs = performance.now();
      controller.abort(new Error("stop"));
      const outcome = await settled;
      const elapsedMs = performance.now() - firedAtMs;
      console.log(`${server.name}, ${phase}: settled after ${Math.round(elapsedMs)} ms`);
      expect(elapsedMs, phase).toBeLessThan(LIMIT_MS);
      const isDone = outcome === "done";
      if (!isDone) expect(outcome).toMatchObject({ code: "Aborted" });
      // What was under way in the network has come by after the first of these; nothing may come during the others.
      await direct.exists("object");
      const requests = proxy.requests.length;
      expect(requests).toBeGreaterThan(0);
      for (let look = 0; look < 50; look++) await direct.exists("object");
      expect(proxy.requests.slice(requests), "requests after the end").toEqual([]);
      expect(await direct.exists("object"), String(outcome)).toBe(isDone);
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
      return outcome;
    }

    test.each([
      ["begin", BEGIN, SEEN],
      ["begin, its answer held back", BEGIN, HELD_BACK],
      ["parts in flight", /^PUT \S+partNumber=1/, SEEN],
      ["complete", COMPLETE, SEEN],
      ["complete, its answer held back", COMPLETE, HELD_BACK],
    ] as const)("in %s", TIMED, async (phase, pattern, fault) => {
      const { direct, proxy, store } = await open();
      const when = proxy.next(fault, { when: like(pattern) }).hit;
      await expectStopped({ phase, direct, proxy, when, put: (signal) => store.put("object", bytes, { signal }) });
    });

    test("in parts that hang", TIMED, async () => {
      const { direct, proxy, store } = await open();
      // All that are sent at once hang in the middle.
      const hanging = [1, 2, 3, 4].map((number) =>
        proxy.next({ kind: "stall", afterBytes: 1 << 20 }, { when: like(new RegExp(`^PUT \\S+partNumber=${number}`)) }),
      );
      const when = Promise.all(hanging.map(({ hit }) => hit));
      const put = (signal: AbortSignal) => store.put("object", bytes, { signal });
      const outcome = await expectStopped({ phase: "hanging parts", direct, proxy, when, put });
      expect(outcome).toMatchObject({ code: "Aborted" });
    });

    test("in the pause before a further attempt", TIMED, async () => {
      const { direct, proxy, store } = await open();
      // Pauses grow to seconds: that after the fourth attempt is 1.6 s on average.
      const ofOnePart = like(/^PUT \S+partNumber=2/);
      proxy.next({ kind: "burst503", requests: 3 }, { when: ofOnePart });
      const when = proxy.next({ kind: "burst503", requests: 100 }, { when: ofOnePart }).hit;
      const put = (signal: AbortSignal) => store.put("object", bytes, { signal });
      const outcome = await expectStopped({ phase: "pause", direct, proxy, when, put });
      expect(outcome).toMatchObject({ code: "Aborted" });
    });

    test("in a put of one request whose answer is held back", TIMED, async () => {
      const { direct, proxy, store } = await open();
      const when = proxy.next(HELD_BACK, { when: like(/^PUT \S+object/) }).hit;
      const put = (signal: AbortSignal) => store.put("object", bytes.subarray(0, 1000), { signal });
      await expectStopped({ phase: "put", direct, proxy, when, put });
    });

    test("with a source that hangs", TIMED, async () => {
      const { direct, proxy, store } = await open();
      async function* source() {
        yield bytes.subarray(0, 11 << 20);
        await new Promise(() => undefined);
      }
      const when = proxy.next(SEEN, { when: like(/^PUT \S+partNumber=2/) }).hit;
      const put = (signal: AbortSignal) => store.put("object", source(), { signal });
      const outcome = await expectStopped({ phase: "stalled source", direct, proxy, when, put });
      expect(outcome).toMatchObject({ code: "Aborted" });
    });
  },
  { only: ["ceph", "swift"] },
);

function like(pattern: RegExp): (request: RequestHead) => boolean {
  return ({ method, path }) => pattern.test(`${method} ${path}`);
}
