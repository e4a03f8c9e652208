import { startFaultProxy } from "@sluice/core/testing";

type CoreFault = Parameters<Awaited<ReturnType<typeof startFaultProxy>>["next"]>[0];

/** What may become of a request. `lose-answer` lets it be carried out and resets the connection instead of answering. */
const FAULTS = {
  reset: { kind: "reset" },
  cut: { kind: "cut", on: "request", afterBytes: 100 },
  flip: { kind: "flip", on: "request", atByte: 100 },
  "503": { kind: "burst503", requests: 1 },
  "lose-answer": { kind: "reset", on: "response" },
  stall: { kind: "stall" },
} as const satisfies Record<string, CoreFault>;

type FaultName = keyof typeof FAULTS;

/** More than come at once: each is armed again when it has been used. */
const ARMED = 32;

export interface FaultyProxy {
  /** The service's connection string, by way of the proxy. */
  readonly connectionString: string;
  /** Method and `comp` of every request so far, such as `PUT block` or `PUT`. */
  readonly seen: readonly string[];
  /** Decides for each request. Default: no faults. */
  decide: (seen: string) => FaultName | "none";
  close(): Promise<void>;
}

/** The fault proxy before the service, with the fault of each request decided when it comes. */
export async function startFaultyProxy(connectionString: string, seed: number): Promise<FaultyProxy> {
  const endpoint = /BlobEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? "";
  const { hostname, port, origin } = new URL(endpoint);
  const core = await startFaultProxy({ target: { host: hostname, port: Number(port) }, seed });
  const seen: string[] = [];
  const decided = new WeakMap<object, FaultName | "none">();
  const proxy: FaultyProxy = {
    connectionString: connectionString.replace(origin, core.url),
    seen,
    decide: () => "none",
    close: () => core.stop(),
  };
  const arm = (name: FaultName): void => {
    const { hit } = core.next(FAULTS[name], {
      when: (request) => {
        let fault = decided.get(request);
        if (fault === undefined) {
          const comp = new URL(request.path, "http://x").searchParams.get("comp");
          const kind = [request.method, comp].filter(Boolean).join(" ");
          seen.push(kind);
          fault = proxy.decide(kind);
          decided.set(request, fault);
          if (fault !== "none") arm(fault);
        }
        return fault === name;
      },
    });
    // Those that are never needed end with the proxy.
    hit.catch(() => undefined);
  };
  for (const name of Object.keys(FAULTS) as FaultName[]) for (let count = 0; count < ARMED; count++) arm(name);
  return proxy;
}
