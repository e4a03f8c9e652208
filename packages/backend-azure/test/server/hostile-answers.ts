import { type Answer, startFaultProxy } from "@sluice/core/testing";

export interface HostileAnswers {
  /** The service's connection string, by way of the proxy. */
  readonly connectionString: string;
  /** What each request so far was: its method and what of Azure it asks for, such as `PUT block`, `PUT copy`, `GET list`. */
  readonly seen: readonly string[];
  /** Answers requests of a kind in the service's place, so many times. */
  instead(kind: string, answer: Answer, times?: number): void;
  /** Changes the service's answers to requests of a kind, so many times. The service has carried them out. */
  change(kind: string, change: (answer: Answer) => Answer, times?: number): void;
  /** No more of it. */
  calm(): void;
  close(): Promise<void>;
}

/** A proxy before the service whose answers are other than the service's. */
export async function startHostileAnswers(connectionString: string): Promise<HostileAnswers> {
  const { hostname, port, origin } = new URL(/BlobEndpoint=([^;]+)/.exec(connectionString)?.[1] ?? "");
  const seen: string[] = [];
  const plans: { kind: string; left: number; change: { instead: Answer } | { change: (answer: Answer) => Answer } }[] =
    [];
  const proxy = await startFaultProxy({
    target: { host: hostname, port: Number(port) },
    seed: 1,
    answers: ({ method, path, headers }) => {
      const query = new URL(path, "http://x").searchParams;
      const what = headers["x-ms-copy-source"] === undefined ? query.get("comp") : "copy";
      const kind = [method, what ?? query.get("restype")].filter(Boolean).join(" ");
      seen.push(kind);
      const plan = plans.find((each) => each.kind === kind && each.left > 0);
      if (plan === undefined) return undefined;
      plan.left--;
      return plan.change;
    },
  });
  return {
    connectionString: connectionString.replace(origin, proxy.url),
    seen,
    instead: (kind, answer, times = Number.POSITIVE_INFINITY) =>
      void plans.push({ kind, left: times, change: { instead: answer } }),
    change: (kind, change, times = Number.POSITIVE_INFINITY) =>
      void plans.push({ kind, left: times, change: { change } }),
    calm: () => void plans.splice(0),
    close: () => proxy.stop(),
  };
}

/** An answer with a body and the headers that are given, its length among them. */
export function answer(status: number, headers: Readonly<Record<string, string>> = {}, body = ""): Answer {
  const bytes = Buffer.from(body);
  return {
    status,
    reason: "As It Is",
    headers: Object.entries({ "Content-Length": String(bytes.byteLength), ...headers }),
    body: bytes,
  };
}

/** What a proxy says on its own. */
export function webPage(status: number): Answer {
  return answer(status, { "Content-Type": "text/html" }, "<html><body>Please log in</body></html>");
}

/** The answer with these headers instead of its own of the same names; undefined takes a header out. */
export function withHeaders(given: Answer, headers: Readonly<Record<string, string | undefined>>): Answer {
  const names = Object.keys(headers).map((name) => name.toLowerCase());
  const kept = given.headers.filter(([name]) => !names.includes(name.toLowerCase()));
  const added = Object.entries(headers).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value] as const],
  );
  return { ...given, headers: [...kept, ...added] };
}

/** The answer with its body's text changed, and the length with it. */
export function withBody(given: Answer, change: (text: string) => string): Answer {
  const body = Buffer.from(change(Buffer.from(given.body).toString()));
  return withHeaders({ ...given, body }, { "Content-Length": String(body.byteLength) });
}
