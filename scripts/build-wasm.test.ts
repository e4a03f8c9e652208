import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { test } from "vitest";

test("the WebAssembly in the sources is what the AssemblyScript compiles to", () => {
  const script = fileURLToPath(new URL("build-wasm.mjs", import.meta.url));
  execFileSync(process.execPath, [script, "--check"], { stdio: "pipe" });
});
