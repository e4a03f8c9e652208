import type { BackendPlugin, ObjectStore, StoreLocation } from "@sluice/core";
import { type FaultProxy, type RequestHead, startFaultProxy } from "@sluice/core/testing";
import type { AnswerMutation, EarlierAnswer } from "../answers/answer-mutation.js";
import type { ClassOf, RequestClass } from "../answers/exchange-class.js";

/** A real server, with what the campaign needs to reach it past the proxy and through it. */
export interface Service {
  readonly classOf: ClassOf;
  readonly target: { readonly host: string; readonly port: number };
  /** A store of a new bucket, straight to the server. */
  readonly truth: ObjectStore;
  readonly plugin: BackendPlugin;
  readonly location: StoreLocation;
  /** The plugin's options straight to the server. */
  readonly optionsDirect: unknown;
  /** The plugin's options for a proxy at `url`, with short limits, so that what hangs costs little. */
  readonly optionsThrough: (url: string) => unknown;
  /** Stops the server. */
  close(): Promise<void>;
}

/** When a mutation strikes. */
export interface Strike {
  /** Which request of the class, from 0. */
  readonly at: number;
  /** How many requests from there on. */
  readonly requests: number;
  /** The request does not reach the server: the mutation is of an answer that the server once gave to such a request. */
  readonly instead: boolean;
  readonly requestClass: RequestClass | undefined;
  readonly mutation: AnswerMutation;
}

/** What a mutation did to the answers of one case. */
export interface StrikeLog {
  readonly words: string[];
  lie: string | undefined;
}

/** A client whose answers pass through mutations. */
export class HostileService {
  readonly service: Service;
  readonly store: ObjectStore;
  /** Opens the same bucket for a command, through the proxy. */
  readonly plugin: BackendPlugin;
  readonly #proxy: FaultProxy;
  readonly #state: ProxyState;

  private constructor(service: Service, store: ObjectStore, proxy: FaultProxy, state: ProxyState) {
    this.service = service;
    this.store = store;
    const options = service.optionsThrough(proxy.url);
    this.plugin = { ...service.plugin, open: (location) => service.plugin.open(location, options) };
    this.#proxy = proxy;
    this.#state = state;
  }

  static async start(service: Service): Promise<HostileService> {
    const state = new ProxyState(service.classOf);
    const { target, plugin, location } = service;
    const proxy = await startFaultProxy({ target, seed: 0, answers: (request) => state.answerTo(request) });
    const store = await plugin.open(location, service.optionsThrough(proxy.url));
    return new HostileService(service, store, proxy, state);
  }

  /** Keeps the answers to `calls`: cases may be given them again. */
  async learn(calls: () => Promise<void>): Promise<void> {
    this.#state.learnt = [];
    await calls();
  }

  /** The next requests meet `strike`, until `heal`. */
  arm(strike: Strike): StrikeLog {
    return this.#state.arm(strike);
  }

  heal(): void {
    this.#state.heal();
  }

  async close(): Promise<void> {
    await this.store.close();
    await this.#proxy.stop();
    await this.service.close();
  }
}

class ProxyState {
  readonly #classOf: ClassOf;
  learnt: EarlierAnswer[] = [];
  #strike: Strike | undefined;
  #log: StrikeLog = { words: [], lie: undefined };
  #earlier: EarlierAnswer[] = [];
  #seen = 0;

  constructor(classOf: ClassOf) {
    this.#classOf = classOf;
  }

  arm(strike: Strike): StrikeLog {
    this.#strike = strike;
    this.#earlier = [...this.learnt];
    this.#log = { words: [], lie: undefined };
    this.#seen = 0;
    return this.#log;
  }

  heal(): void {
    this.#strike = undefined;
  }

  answerTo(request: RequestHead): ReturnType<NonNullable<Parameters<typeof startFaultProxy>[0]["answers"]>> {
    const strike = this.#strike;
    const requestClass = this.#classOf(request);
    const log = this.#log;
    const keep = (answer: EarlierAnswer["answer"]): void => {
      const known = strike === undefined ? this.learnt : this.#earlier;
      known.push({ request, requestClass, answer });
    };
    const kept = (answer: EarlierAnswer["answer"]): EarlierAnswer["answer"] => {
      keep(answer);
      return answer;
    };
    if (strike === undefined || !this.#isHit(strike, requestClass)) return { change: kept };
    const mutate = (answer: EarlierAnswer["answer"]): EarlierAnswer["answer"] => {
      const mutated = strike.mutation({ request, requestClass, answer, earlier: this.#earlier });
      keep(answer);
      if (mutated === undefined) return answer;
      log.words.push(`${request.method} ${request.path.slice(0, 200)}: ${mutated.words}`);
      log.lie ??= mutated.lie;
      return mutated.answer;
    };
    const template = this.learnt.findLast((earlier) => earlier.requestClass === requestClass);
    if (!strike.instead || template === undefined) return { change: mutate };
    const before = log.words.length;
    const answer = mutate(template.answer);
    return log.words.length === before ? { change: (given) => given } : { instead: answer };
  }

  #isHit({ at, requests, requestClass: wanted }: Strike, requestClass: RequestClass): boolean {
    if (wanted !== undefined && wanted !== requestClass) return false;
    const number = this.#seen++;
    return number >= at && number < at + requests;
  }
}
