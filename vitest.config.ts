import { defineConfig } from "vitest/config";

// What needs S3 or Azure servers. They are started where such a test is selected, and not for other tests.
const onServers = ["packages/*/test/server/**/*.test.ts", "**/*.{s3,azure}.test.ts"];

// Packages are tested from their sources through the `@sluice/source` export condition: no build is needed.
export default defineConfig({
  ssr: { resolve: { conditions: ["@sluice/source", "node", "import", "default"] } },
  resolve: { conditions: ["@sluice/source", "node", "import", "default"] },
  test: {
    testTimeout: 60_000,
    hookTimeout: 60_000,
    pool: "forks",
    env: { AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true" },
    maxWorkers: 2,
    projects: [
      {
        extends: true,
        test: {
          name: "local",
          include: [
            "packages/*/test/**/*.test.ts",
            "examples/**/*.test.ts",
            "bench/**/*.test.ts",
            "campaign/**/*.test.ts",
            "e2e/**/*.test.ts",
            "scripts/**/*.test.ts",
          ],
          exclude: ["**/node_modules/**", ...onServers],
        },
      },
      {
        extends: true,
        test: {
          name: "servers",
          include: onServers,
          exclude: ["**/node_modules/**"],
          globalSetup: "scripts/servers/global-setup.ts",
        },
      },
    ],
  },
});
