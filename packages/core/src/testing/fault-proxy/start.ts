import { type AddressInfo, createServer } from "node:net";
import { ObjectStoreError } from "../../errors.js";
import { checkInteger, checkOptions } from "../../options.js";
import { abortedError, throwIfAborted } from "../../signal.js";
import type { AnswerDecision } from "./answer.js";
import { checkFault } from "./check-fault.js";
import { ProxiedConnection } from "./connection.js";
import { Exchange } from "./exchange.js";
import type { Fault } from "./fault.js";
import { FaultChooser } from "./fault-chooser.js";
import { checkFaultPlan, checkFilter, type FaultDecision, type FaultPlan } from "./fault-plan.js";
import type { FaultLogEntry, ProxiedRequest, RequestFilter, RequestHead } from "./records.js";

const OPERATION = "startFaultProxy";

export interface FaultProxyOptions {
  /** The server: plain HTTP/1.1. */
  readonly target: { readonly host: string; readonly port: number };
  /** Fixes what the plan draws, from 0 to 2^32 - 1. Print it where a test fails. */
  readonly seed: number;
  /** Faults that are drawn, or decided on as requests come; by default only armed ones strike. */
  readonly plan?: FaultPlan | FaultDecision;
  /** Changes answers, or gives others in the server's place; such a request meets no fault. */
  readonly answers?: AnswerDecision;
  /** Stops the proxy. */
  readonly signal?: AbortSignal;
}

export interface NextFaultOptions {
  /** Which request it is for; by default the next one. */
  readonly when?: RequestFilter;
}

/** A server that passes requests to another one, and faults with them. */
export interface FaultProxy {
  readonly host: "127.0.0.1";
  readonly port: number;
  /** `http://host:port`, without a slash at the end. */
  readonly url: string;
  readonly seed: number;
  /** All requests that came, in order; it grows. */
  readonly requests: readonly ProxiedRequest[];
  /** Which fault was chosen for which request, in order; it grows. */
  readonly log: readonly FaultLogEntry[];
  /**
   * Arms one fault for the next request that `when` chooses; a request meets the fault armed first, and then none of the plan.
   * Throws InvalidArgument for what is no fault.
   *
   * @returns `hit`, which resolves when the fault has first taken effect and rejects (Aborted) when the proxy stops before.
   */
  next(fault: Fault, options?: NextFaultOptions): { readonly hit: Promise<FaultLogEntry> };
  /** Ends all connections and stops listening; again is no error. */
  stop(): Promise<void>;
}

/**
 * Starts a proxy on 127.0.0.1, at a free port, in front of an HTTP/1.1 server. Without a fault it passes every byte as it is, the
 * Host header too, so that signatures hold; each client's connection has one of its own to the server.
 *
 * Rejects with InvalidArgument, and with Aborted where the signal has fired. A request that is not HTTP/1.1 is answered with 400, a
 * response that is not with 502, and a server that cannot be reached resets the client's connection.
 */
export async function startFaultProxy(options: FaultProxyOptions): Promise<FaultProxy> {
  checkProxyOptions(options);
  const { target, seed, plan, answers, signal } = options;
  const requests: ProxiedRequest[] = [];
  const log: FaultLogEntry[] = [];
  const chooser = new FaultChooser(plan, seed);
  const connections = new Set<ProxiedConnection>();
  const begin = (head: RequestHead): Exchange => beginExchange(head, { chooser, answers, requests, log });
  const server = createServer({ allowHalfOpen: true }, (client) => {
    const connection = new ProxiedConnection(client, { target, begin });
    connections.add(connection);
    client.once("close", () => connections.delete(connection));
    void connection.passRequests();
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  let stopped: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopped ??= new Promise((resolve) => {
      signal?.removeEventListener("abort", stop);
      chooser.stop();
      server.close(() => resolve());
      for (const connection of connections) connection.destroy();
    });
    return stopped;
  };
  if (signal?.aborted === true) {
    await stop();
    throw abortedError(OPERATION, signal);
  }
  signal?.addEventListener("abort", stop, { once: true });
  const { port } = server.address() as AddressInfo;
  const next: FaultProxy["next"] = (fault, nextOptions) => {
    checkFault(fault, "FaultProxy.next");
    checkOptions(nextOptions, ["when"], "FaultProxy.next");
    checkFilter(nextOptions?.when, "when", "FaultProxy.next");
    return { hit: chooser.arm(fault, nextOptions?.when) };
  };
  return { host: "127.0.0.1", port, url: `http://127.0.0.1:${port}`, seed, requests, log, next, stop };
}

interface ExchangeContext {
  readonly chooser: FaultChooser;
  readonly answers: AnswerDecision | undefined;
  readonly requests: ProxiedRequest[];
  readonly log: FaultLogEntry[];
}

function beginExchange(head: RequestHead, { chooser, answers, requests, log }: ExchangeContext): Exchange {
  const record: ProxiedRequest = {
    ...head,
    index: requests.length,
    begunAtMs: performance.now(),
    passed: false,
    requestBytes: 0,
    responseBytes: 0,
    status: undefined,
    answeredBy: undefined,
  };
  requests.push(record);
  const answerChange = answers?.(head);
  if (answerChange !== undefined) return new Exchange(record, undefined, undefined, answerChange);
  const armed = chooser.choose(head);
  const entry = armed === undefined ? undefined : { request: record, fault: armed.fault, hit: false };
  if (entry !== undefined) log.push(entry);
  return new Exchange(record, armed, entry, undefined);
}

function checkProxyOptions(options: FaultProxyOptions): void {
  checkOptions(options ?? null, ["target", "seed", "plan", "answers", "signal"], OPERATION);
  const { target, seed, plan, answers, signal } = options;
  checkOptions(target ?? null, ["host", "port"], OPERATION);
  if (typeof target.host !== "string" || target.host === "") {
    throw new ObjectStoreError("InvalidArgument", `${OPERATION}: target.host must name a host`, {
      operation: OPERATION,
    });
  }
  checkInteger(target.port, "target.port", 1, 65_535, OPERATION);
  checkInteger(seed, "seed", 0, 0xffffffff, OPERATION);
  checkFaultPlan(plan, OPERATION);
  checkFilter(answers, "answers", OPERATION);
  throwIfAborted(signal, OPERATION);
}
