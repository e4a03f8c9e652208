import { loadZstdNode } from "../src/compression/zstd-node.js";
import { gunzipCases } from "./gunzip-cases.js";
import { engineCases } from "./zstd-engine-cases.js";

/** Runs the cases of both codecs over the zlib of this Node, without a test runner. */
const engine = await loadZstdNode();
if (engine === undefined) throw new Error(`Node ${process.version} has no zstd`);
const cases = [...gunzipCases, ...engineCases.map(({ name, run }) => ({ name, run: () => run(engine) }))];
let failures = 0;
for (const { name, run } of cases) {
  try {
    await run();
  } catch (error) {
    failures++;
    console.error(`${process.version}: ${name}: ${error instanceof Error ? error.stack : error}`);
  }
}
console.log(`${process.version}: ${cases.length - failures} of ${cases.length}`);
process.exitCode = failures;
