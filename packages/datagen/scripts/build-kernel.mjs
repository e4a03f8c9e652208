// Compiles assembly/kernel.ts into src/kernel/kernel-bytes.generated.ts; with --check it only compares and fails if they differ.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const source = new URL("../assembly/kernel.ts", import.meta.url);
const target = new URL("../src/kernel/kernel-bytes.generated.ts", import.meta.url);
const flags = [
  "-O3",
  "--noAssert",
  "--runtime",
  "stub",
  "--enable",
  "simd",
  "--use",
  "abort=",
  "--importMemory",
  "--initialMemory",
  "2",
];

const generated = await render();
if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) !== generated) {
    console.error(`${fileURLToPath(target)} is stale: run "pnpm run build:kernel" in packages/datagen`);
    process.exitCode = 1;
  }
} else {
  await writeFile(target, generated);
}

async function render() {
  const bytes = await compile(await readFile(source, "utf8"));
  return `// Generated from assembly/kernel.ts by scripts/build-kernel.mjs. Do not edit.

/** The WebAssembly module of the kernel, ${bytes.byteLength} bytes, as base64. */
export const KERNEL_BYTES_BASE64: string =
  "${Buffer.from(bytes).toString("base64")}";
`;
}

async function compile(text) {
  let bytes;
  const { error, stderr } = await asc.main(["kernel.ts", "--outFile", "kernel.wasm", ...flags], {
    readFile: (name) => (name === "kernel.ts" ? text : null),
    writeFile: (name, content) => {
      if (name === "kernel.wasm") bytes = content;
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`the kernel does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}
