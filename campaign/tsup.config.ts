import { defineConfig } from "tsup";

// File by file, so that the servers' scripts, which lie outside, are found from dist/ as from src/.
export default defineConfig({
  entry: ["src/**/*.ts"],
  format: ["esm"],
  target: "node20.19",
  platform: "node",
  bundle: false,
  clean: true,
});
