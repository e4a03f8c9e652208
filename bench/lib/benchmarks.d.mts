interface Row {
  readonly name: string;
  readonly gigabytesPerSecond: number;
}

interface Benchmark {
  readonly title: string;
  readonly question: string;
  run(options: { smoke: boolean; rounds: number }): Promise<{ rows: Row[]; table: string }>;
}

export const benchmarks: Readonly<Record<string, Benchmark>>;
