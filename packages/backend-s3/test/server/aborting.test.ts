import { SeededRandom } from "@sluice/core/testing";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnServers } from "../../../../scripts/servers/index.ts";
import { openS3Store } from "../../src/index.js";
import { type Fault, type FaultLink, startFaultLink } from "./fault-link.js";
import { optionsFor, plainClient, storesOn, uploadsOf } from "./server-store.js";

const LIMIT_MS = 1000;
const bytes = new SeededRandom(3).bytes(22 << 20);

describeOnServers(
  "an abort settles within a second, ends the requests and leaves nothing",
  (server) => {
    const client = plainClient(server);
    const openStore = storesOn(server, client);
    let link: FaultLink;

    beforeAll(async () => {
      link = await startFaultLink(server.endpoint);
    });
    afterAll(() => link.close());

    async function open() {
      const direct = await openStore();
      link.choose = () => undefined;
      link.requests.length = 0;
      const store = await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: link.endpoint });
      return { direct, store };
    }

    /** Fires the signal as soon as a request like `pattern` is seen, and lets `fault` happen to what comes after it. */
    function whenSeen(pattern: RegExp, controller: AbortController): Promise<number> {
      return new Promise((resolve) => {
        const timer = setInterval(() => {
          if (!link.requests.some((request) => pattern.test(request))) return;
          clearInterval(timer);
          controller.abort(new Error("stop"));
          resolve(performance.now());
        }, 2);
      });
    }

    async function expectStopped(
      phase: string,
      running: Promise<unknown>,
      fired: Promise<number>,
      direct: Awaited<ReturnType<typeof openStore>>,
    ): Promise<void> {
      const settled = running.then(
        () => "done",
        (error: unknown) => error,
      );
      const firedAt = await fired;
      const outcome = await settled;
      const elapsedMs = performance.now() - firedAt;
      console.log(`${server.name}, ${phase}: settled after ${Math.round(elapsedMs)} ms`);
      expect(elapsedMs, phase).toBeLessThan(LIMIT_MS);
      const isDone = outcome === "done";
      if (!isDone) expect(outcome).toMatchObject({ code: "Aborted" });
      // What was under way in the network has come by after the first of these; nothing may come during the others.
      await direct.exists("object");
      const requests = link.requests.length;
      for (let look = 0; look < 50; look++) await direct.exists("object");
      expect(link.requests.slice(requests), "requests after the end").toEqual([]);
      expect(await direct.exists("object"), String(outcome)).toBe(isDone);
      expect(await uploadsOf(client, direct.bucket)).toEqual([]);
    }

    test.each<[string, RegExp, Fault | undefined]>([
      ["begin", /POST \S+\?uploads/, undefined],
      ["begin, its answer held back", /POST \S+\?uploads/, { kind: "hold", from: /POST \S+\?uploads/ }],
      ["parts in flight", /PUT \S+partNumber=1/, undefined],
      ["complete", /POST \S+uploadId=/, undefined],
      ["complete, its answer held back", /POST \S+uploadId=/, { kind: "hold", from: /POST \S+uploadId=/ }],
    ])("in %s", async (phase, pattern, fault) => {
      const { direct, store } = await open();
      const controller = new AbortController();
      link.choose = () => fault;
      const fired = whenSeen(pattern, controller);
      await expectStopped(phase, store.put("object", bytes, { signal: controller.signal }), fired, direct);
    });

    test("in parts that hang", async () => {
      const { direct, store } = await open();
      const controller = new AbortController();
      // The first connection carries the request that begins; the others hang in the middle of a part.
      let parts = 0;
      link.choose = () => (parts++ === 0 ? undefined : { kind: "stall", afterBytesUp: 1 << 20 });
      const put = store.put("object", bytes, { signal: controller.signal });
      const fired = whenSeen(/PUT \S+partNumber=2/, controller);
      const settled = put.then(
        () => "done",
        (error: unknown) => error,
      );
      await fired;
      link.choose = () => undefined;
      await expectStopped("hanging parts", put, fired, direct);
      expect(await settled).toMatchObject({ code: "Aborted" });
    });

    test("in a put of one request whose answer is held back", async () => {
      const { direct, store } = await open();
      const controller = new AbortController();
      let connections = 0;
      link.choose = () => (connections++ === 0 ? { kind: "hold", from: /PUT/ } : undefined);
      const fired = whenSeen(/PUT \S+object/, controller);
      await expectStopped(
        "put",
        store.put("object", bytes.subarray(0, 1000), { signal: controller.signal }),
        fired,
        direct,
      );
    });

    test("with a source that hangs", async () => {
      const { direct, store } = await open();
      const controller = new AbortController();
      async function* source() {
        yield bytes.subarray(0, 11 << 20);
        await new Promise(() => undefined);
      }
      const fired = whenSeen(/PUT \S+partNumber=2/, controller);
      await expectStopped(
        "stalled source",
        store.put("object", source(), { signal: controller.signal }),
        fired,
        direct,
      );
    });
  },
  { only: ["ceph", "swift"] },
);
