import { type FaultDecision, startFaultProxy } from "@sluice/core/testing";

/** What may become of a request. `lose-answer` lets it be carried out and resets the connection instead of answering. */
const FAULTS = {
  reset: { kind: "reset" },
  cut: { kind: "cut", on: "request", afterBytes: 100 },
  flip: { kind: "flip", on: "request", atByte: 100 },
  "503": { kind: "burst503", requests: 1 },
  "lose-answer": { kind: "reset", on: "response" },
  stall: { kind: "stall" },
  none: undefined,
} as const satisfies Record<string, ReturnType<FaultDecision>>;

export interface FaultyProxy {
  /** The service's connection string, by way of the proxy. */
  readonly connectionString: string;
  /** Method and `comp` of every request so far, such as `PUT block` or `PUT`. */
  readonly seen: readonly string[];
  /** Decides for each request. Default: no faults. */
  decide: (seen: string) => keyof typeof FAULTS;
  close(): Promise<void>;
}

/** The fault proxy before the service, with the fault of each request decided when it comes. */
export async function startFaultyProxy(connectionString: string, seed: number): Promise<FaultyProxy> {
  const endpoint = /BlobEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? "";
  const { hostname, port, origin } = new URL(endpoint);
  const seen: string[] = [];
  const core = await startFaultProxy({
    target: { host: hostname, port: Number(port) },
    seed,
    plan: ({ method, path }) => {
      const comp = new URL(path, "http://x").searchParams.get("comp");
      const kind = [method, comp].filter(Boolean).join(" ");
      seen.push(kind);
      return FAULTS[proxy.decide(kind)];
    },
  });
  const proxy: FaultyProxy = {
    connectionString: connectionString.replace(origin, core.url),
    seen,
    decide: () => "none",
    close: () => core.stop(),
  };
  return proxy;
}
