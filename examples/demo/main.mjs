// The main job on a temporary folder: generate a dataset, verify it, flip a byte and see that it is found, compress, read a
// range back. Every step is a command that anyone can type.
import { spawnSync } from "node:child_process";
import { mkdtemp, open, rm } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";

const sluicePath = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli")), "bin.js");
const folder = await mkdtemp(join(tmpdir(), "sluice-demo-"));
const rows = [];

try {
  const flags = ["--count", "8", "--size", "32MiB", "--dedup", "2", "--compress", "3", "--seed", "7"];
  console.log("Generate a dataset: half of its blocks are duplicates, two thirds of each block compress away.");
  const plain = sluice(0, "gen", `file://${folder}/plain`, ...flags);
  remember("generated, hashed, written", plain.totals, plain.elapsedMs, plain.objects[0].checksum);

  console.log("\nVerify it: every byte is generated anew and compared; nothing but dataset.json is needed.");
  const verified = sluice(0, "verify", `file://${folder}/plain`);
  remember("verified", plain.totals, verified.elapsedMs, plain.objects[0].checksum);

  console.log("\nFlip one bit in the middle of an object, and verify again.");
  await flipBit(join(folder, "plain", plain.objects[3].key), 20_000_000);
  const { bad } = sluice(1, "verify", `file://${folder}/plain`);
  console.log(`  found: ${bad[0].key}, offset ${bad[0].firstBadOffset}, block ${bad[0].firstBadBlock}`);

  console.log("\nGenerate the same data through zstd, and verify that.");
  const packed = sluice(0, "gen", `file://${folder}/packed`, ...flags, "--zstd", "3");
  remember("generated through zstd 3", packed.totals, packed.elapsedMs, packed.objects[0].checksum);
  const verifiedPacked = sluice(0, "verify", `file://${folder}/packed`);
  remember("verified through zstd", packed.totals, verifiedPacked.elapsedMs, packed.objects[0].checksum);

  console.log("\nRead 32 bytes from the middle of a compressed object: only the frame around them is decoded.");
  const range = ["--range", "16000000:16000032"];
  const fromPlain = bytesOf("cat", `file://${folder}/plain/${plain.objects[0].key}`, ...range);
  const fromPacked = bytesOf("cat", `file://${folder}/packed/${packed.objects[0].key}`, ...range, "--decode");
  console.log(`  plain  ${fromPlain.toString("hex")}\n  packed ${fromPacked.toString("hex")}`);
  if (!fromPlain.equals(fromPacked)) throw new Error("the ranges differ");

  console.log(`\n${table(rows)}`);
} finally {
  await rm(folder, { recursive: true });
}

/** Runs a command that must end with `status`, and gives its result. */
function sluice(status, ...parameters) {
  console.log(`  $ sluice ${parameters.join(" ")}`);
  const { stdout, ...ended } = run([...parameters, "--json"]);
  if (ended.status !== status) throw new Error(`exit status ${ended.status}, expected ${status}: ${stdout}`);
  return JSON.parse(stdout.toString());
}

function bytesOf(...parameters) {
  console.log(`  $ sluice ${parameters.join(" ")}`);
  const { status, stdout } = run(parameters);
  if (status !== 0) throw new Error(`exit status ${status}`);
  return stdout;
}

function run(parameters) {
  return spawnSync(process.execPath, [sluicePath, ...parameters], {
    stdio: ["ignore", "pipe", "inherit"],
    maxBuffer: 2 ** 26,
  });
}

async function flipBit(path, offset) {
  const file = await open(path, "r+");
  const byte = Buffer.alloc(1);
  await file.read(byte, 0, 1, offset);
  await file.write(Buffer.of(byte[0] ^ 1), 0, 1, offset);
  await file.close();
}

function remember(step, { bytes, storedBytes }, elapsedMs, checksum) {
  const rate = bytes / 1e9 / (elapsedMs / 1000);
  rows.push([step, `${rate.toFixed(2)} GB/s`, `${(bytes / storedBytes).toFixed(2)} : 1`, checksum]);
}

function table(body) {
  const all = [["step", "content", "size ratio", "first object's content"], ...body];
  const widths = all[0].map((_, column) => Math.max(...all.map((row) => row[column].length)));
  return all.map((row) => row.map((cell, column) => cell.padEnd(widths[column])).join("  ")).join("\n");
}
