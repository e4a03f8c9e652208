/**
 * Runs candidates in turn, A B C C B A …, so that a machine that changes its speed changes it for all of them, and gives
 * each one's median, and that of the CPU seconds this process spent a GB. A candidate returns the bytes it moved, or `{ bytes, seconds }` if it has a clock of its own.
 */
export async function compare(candidates, { rounds }) {
  const rates = new Map(candidates.map(({ name }) => [name, []]));
  const loads = new Map(candidates.map(({ name }) => [name, []]));
  for (let round = 0; round <= rounds; round++) {
    // Each round begins with another candidate, and every other one goes backwards: none always runs in the wake of the same.
    const first = round % candidates.length;
    const order = [...candidates.slice(first), ...candidates.slice(0, first)];
    for (const { name, prepare, run, cleanUp } of round % 2 === 0 ? order : order.toReversed()) {
      const prepared = await prepare?.();
      const load = process.cpuUsage();
      const start = process.hrtime.bigint();
      const moved = await run(prepared);
      const elapsed = Number(process.hrtime.bigint() - start) / 1e9;
      const { bytes, seconds } = typeof moved === "number" ? { bytes: moved, seconds: elapsed } : moved;
      const { user, system } = process.cpuUsage(load);
      await cleanUp?.(prepared);
      // The first round warms up and is not counted.
      if (round === 0) continue;
      rates.get(name).push(bytes / seconds / 1e9);
      loads.get(name).push((user + system) / 1e6 / (bytes / 1e9));
    }
  }
  return candidates.map(({ name }) => ({
    name,
    gigabytesPerSecond: median(rates.get(name)),
    cpuSecondsPerGigabyte: median(loads.get(name)),
  }));
}

function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = Math.floor(sorted.length / 2);
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** Median rates as a Markdown table, with each one's ratio to the named candidates, and the CPU seconds where they matter. */
export function renderTable(rows, references, { cpu = false } = {}) {
  const rateOf = (name) => rows.find((row) => row.name === name).gigabytesPerSecond;
  const header = ["", "GB/s", ...references.map((name) => `÷ ${name}`), ...(cpu ? ["CPU s/GB"] : [])];
  const body = rows.map(({ name, gigabytesPerSecond, cpuSecondsPerGigabyte }) => [
    name,
    gigabytesPerSecond.toFixed(2),
    ...references.map((reference) => (gigabytesPerSecond / rateOf(reference)).toFixed(2)),
    ...(cpu ? [cpuSecondsPerGigabyte.toFixed(2)] : []),
  ]);
  return [header, header.map((_, index) => (index === 0 ? "---" : "---:")), ...body]
    .map((cells) => `| ${cells.join(" | ")} |`)
    .join("\n");
}
