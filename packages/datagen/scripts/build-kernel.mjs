// Compiles assembly/*.ts into src/**/*.generated.ts; with --check it only compares and fails if they differ.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const modules = [
  { name: "kernel", target: "../src/kernel/kernel-bytes.generated.ts", constant: "KERNEL_BYTES_BASE64" },
  { name: "meter", target: "../src/measure/meter-bytes.generated.ts", constant: "METER_BYTES_BASE64" },
];
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

for (const module of modules) {
  const target = new URL(module.target, import.meta.url);
  const generated = await render(module);
  if (!process.argv.includes("--check")) await writeFile(target, generated);
  else if ((await readFile(target, "utf8")) !== generated) {
    console.error(`${fileURLToPath(target)} is stale: run "pnpm run build:kernel" in packages/datagen`);
    process.exitCode = 1;
  }
}

async function render({ name, constant }) {
  const bytes = await compile(await readFile(new URL(`../assembly/${name}.ts`, import.meta.url), "utf8"));
  return `// Generated from assembly/${name}.ts by scripts/build-kernel.mjs. Do not edit.

/** The WebAssembly module of the ${name}, ${bytes.byteLength} bytes, as base64. */
export const ${constant}: string =
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
