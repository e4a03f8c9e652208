// Compiles the packages' AssemblyScript into *.generated.ts; with --check it only compares and fails if they differ.
import { readFile, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const root = fileURLToPath(new URL("..", import.meta.url));
const flags = ["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--initialMemory", "2"];
/** Kernels with vectors, in memory that belongs to who uses them. */
const kernelFlags = [...flags, "--enable", "simd", "--importMemory"];

const modules = [
  {
    source: "packages/core/assembly/crc64.ts",
    target: "packages/core/src/checksum/crc64-bytes.generated.ts",
    constant: "CRC64_BYTES_BASE64",
    flags,
  },
  {
    source: "packages/datagen/assembly/kernel.ts",
    target: "packages/datagen/src/kernel/kernel-bytes.generated.ts",
    constant: "KERNEL_BYTES_BASE64",
    flags: kernelFlags,
  },
  {
    source: "packages/datagen/assembly/meter.ts",
    target: "packages/datagen/src/measure/meter-bytes.generated.ts",
    constant: "METER_BYTES_BASE64",
    flags: kernelFlags,
  },
];

for (const module of modules) {
  const target = join(root, module.target);
  const generated = await render(module);
  if (!process.argv.includes("--check")) await writeFile(target, generated);
  else if ((await readFile(target, "utf8")) !== generated) {
    console.error(`${module.target} is stale: run "npm run build:wasm"`);
    process.exitCode = 1;
  }
}

async function render({ source, constant, flags }) {
  const bytes = await compile(await readFile(join(root, source), "utf8"), flags);
  const file = basename(source);
  return `// Generated from assembly/${file} by scripts/build-wasm.mjs. Do not edit.

/** The WebAssembly module of assembly/${file}, ${bytes.byteLength} bytes, as base64. */
export const ${constant}: string =
  "${Buffer.from(bytes).toString("base64")}";
`;
}

async function compile(text, flags) {
  let bytes;
  const { error, stderr } = await asc.main(["module.ts", "--outFile", "module.wasm", ...flags], {
    readFile: (name) => (name === "module.ts" ? text : null),
    writeFile: (name, content) => {
      if (name === "module.wasm") bytes = content;
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`a module does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}
