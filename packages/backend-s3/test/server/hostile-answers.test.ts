import type { ObjectStore } from "@sluice/core";
import { type AnswerDecision, SeededRandom, startFaultProxy } from "@sluice/core/testing";
import { expect, onTestFinished, test } from "vitest";
import { describeOnServers, type S3Server } from "../../../../scripts/servers/index.ts";
import { openS3Store, type S3Store } from "../../src/index.js";
import { optionsFor, storesOn } from "./server-store.js";

const SEED = Number(process.env["S3_HOSTILE_SEED"] ?? Date.now() % 1_000_000);
const KEYS = Array.from({ length: 7 }, (_, index) => `d/${index} +%&`);
const PAGE = {
  ...{ status: 200, reason: "OK", body: Buffer.from("<html>sign in</html>") },
  headers: [
    ["Content-Type", "text/html"],
    ["Content-Length", "20"],
  ],
} as const;

describeOnServers("answers that are not the service's", (server) => {
  const openStore = storesOn(server);

  /** The same bucket directly, and through a proxy that decides about each answer. */
  async function openBoth(answers: AnswerDecision, maxAttempts = 5): Promise<{ direct: S3Store; store: S3Store }> {
    const direct = await openStore();
    const proxy = await startFaultProxy({ target: targetOf(server), seed: SEED, answers });
    onTestFinished(() => proxy.stop());
    return {
      direct,
      store: await openS3Store(direct.bucket, "", { ...optionsFor(server), endpoint: proxy.url, maxAttempts }),
    };
  }

  test.each([
    ["in the place of", { instead: PAGE }],
    ["on the way of", { change: () => PAGE }],
  ])("a web page %s each answer once does no harm", { timeout: 120_000 }, async (_, change) => {
    const seen = new Set<string>();
    const { direct, store } = await openBoth(({ method, path }) => {
      const request = `${method} ${path}`;
      if (seen.has(request)) return undefined;
      seen.add(request);
      return change;
    });
    const random = new SeededRandom(SEED);
    for (const [key, bytes] of [
      ["small", random.bytes(1000)],
      ["large", random.bytes(11 << 20)],
    ] as const) {
      await store.put(key, bytes);
      expect(Buffer.compare(await (await direct.get(key)).bytes(), bytes), `seed ${SEED}`).toBe(0);
      await store.copy(key, `copy of ${key}`);
      await store.rename(`copy of ${key}`, `moved ${key}`);
      expect(Buffer.compare(await (await store.get(`moved ${key}`)).bytes(), bytes), `seed ${SEED}`).toBe(0);
    }
    expect(await keysOf(store)).toEqual(["large", "moved large", "moved small", "small"]);
    expect(await store.exists("missing")).toBe(false);
    await store.delete("small");
    const results = await store.deleteMany(["large", "moved large", "moved small"]);
    expect(results.filter(({ error }) => error !== undefined)).toEqual([]);
    expect(await keysOf(direct)).toEqual([]);
  });

  test("a listing that is changed on the way is whole, or ends with an error", { timeout: 120_000 }, async () => {
    const random = new SeededRandom(SEED);
    let edit = (body: string): string => body;
    const { direct, store } = await openBoth(
      ({ path }) =>
        path.includes("list-type")
          ? {
              change: (answer) => {
                const body = Buffer.from(edit(answer.body.toString()));
                const others = answer.headers.filter(([name]) => !/^content-length$/i.test(name));
                return { ...answer, body, headers: [...others, ["Content-Length", `${body.byteLength}`]] };
              },
            }
          : undefined,
      2,
    );
    for (const key of KEYS) await direct.put(key, key);
    const edits: readonly ((body: string) => string)[] = [
      (body) => body.slice(0, random.integer(1, body.length - 1)),
      (body) => body.replace(/<Contents>.*?<\/Contents>/, ""),
      (body) => body.replace("<IsTruncated>true", "<IsTruncated>false"),
      (body) => body.replace(/<(Next)?ContinuationToken>.*?<\/\1?ContinuationToken>/g, ""),
      (body) => body.replace(/<IsTruncated>.*?<\/IsTruncated>/, ""),
      (body) => body.replace(/(<Contents>.*?<\/Contents>)(<Contents>.*?<\/Contents>)/, "$2$1"),
      (body) => body.replace("<Key>d", "<Key>e"),
      (body) => body.replaceAll("ListBucketResult", "ListAllMyBucketsResult"),
      (body) => body + body,
      () => "",
    ];
    for (const [index, change] of edits.entries()) {
      edit = change;
      const outcome = await keysOf(store, 3).catch((error) => error.code);
      expect(outcome, `edit ${index}, seed ${SEED}`).toBe("Unavailable");
    }
    edit = (body) => body;
    expect(await keysOf(store, 3)).toEqual(KEYS);
  });
});

function targetOf({ endpoint }: S3Server): { readonly host: string; readonly port: number } {
  const { hostname: host, port } = new URL(endpoint);
  return { host, port: Number(port || 80) };
}

async function keysOf(store: ObjectStore, pageSize = 1000): Promise<string[]> {
  const keys: string[] = [];
  for await (const entry of store.list({ pageSize })) keys.push(entry.kind === "object" ? entry.key : entry.prefix);
  return keys;
}
