import { defineConfig } from "tsup";
import { packageBuild } from "../../tsup.base.ts";

export default defineConfig(
  packageBuild({
    index: "src/index.ts",
    local: "src/local/index.ts",
    testing: "src/testing/index.ts",
    "frame-worker": "src/compression/frame-worker.ts",
  }),
);
