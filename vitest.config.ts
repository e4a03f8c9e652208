import { defineConfig } from "vitest/config";

// Packages are tested from their sources through the `@sluice/source` export condition: no build is needed.
export default defineConfig({
  ssr: { resolve: { conditions: ["@sluice/source", "node", "import", "module", "default"] } },
  resolve: { conditions: ["@sluice/source", "node", "import", "module", "default"] },
  test: {
    include: [
      "packages/*/test/**/*.test.ts",
      "examples/**/*.test.ts",
      "bench/**/*.test.ts",
      "e2e/**/*.test.ts",
      "scripts/**/*.test.ts",
    ],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    maxWorkers: 2,
  },
});
