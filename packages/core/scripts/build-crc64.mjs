// Compiles assembly/crc64.ts into src/checksum/crc64-bytes.generated.ts; with --check it only compares and fails if they differ.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import asc from "assemblyscript/asc";

const source = new URL("../assembly/crc64.ts", import.meta.url);
const target = new URL("../src/checksum/crc64-bytes.generated.ts", import.meta.url);
const flags = ["-O3", "--noAssert", "--runtime", "stub", "--use", "abort=", "--initialMemory", "2"];

const generated = await render();
if (process.argv.includes("--check")) {
  if ((await readFile(target, "utf8")) !== generated) {
    console.error(`${fileURLToPath(target)} is stale: run "pnpm run build:crc64" in packages/core`);
    process.exitCode = 1;
  }
} else {
  await writeFile(target, generated);
}

async function render() {
  const bytes = await compile(await readFile(source, "utf8"));
  return `// Generated from assembly/crc64.ts by scripts/build-crc64.mjs. Do not edit.

/** The WebAssembly module of the kernel, ${bytes.byteLength} bytes, as base64. */
export const CRC64_BYTES_BASE64: string =
  "${Buffer.from(bytes).toString("base64")}";
`;
}

async function compile(text) {
  let bytes;
  const { error, stderr } = await asc.main(["crc64.ts", "--outFile", "crc64.wasm", ...flags], {
    readFile: (name) => (name === "crc64.ts" ? text : null),
    writeFile: (name, content) => {
      if (name === "crc64.wasm") bytes = content;
    },
    listFiles: () => [],
  });
  if (error !== null) throw new Error(`the kernel does not compile: ${stderr.toString()}`, { cause: error });
  return bytes;
}
