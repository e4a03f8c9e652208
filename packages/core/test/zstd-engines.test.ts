import { describe, test } from "vitest";
import { loadZstdNapi } from "../src/compression/zstd-napi.js";
import { loadZstdNode } from "../src/compression/zstd-node.js";
import { engineCases } from "./zstd-engine-cases.js";

describe.each([
  ["zstd-napi", await loadZstdNapi()],
  ["node:zlib", await loadZstdNode()],
])("%s", (_, engine) => {
  test.skipIf(engine === undefined).each(engineCases)("$name", { timeout: 120_000 }, async ({ run }) => {
    if (engine !== undefined) await run(engine);
  });
});
