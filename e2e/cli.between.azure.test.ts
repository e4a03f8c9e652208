import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { crc32c } from "@sluice/core";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnAzure, describeOnServers, uniqueBucket } from "../scripts/servers/index.ts";

const SLUICE = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli/package.json")), "dist", "bin.js");

describeOnServers(
  "sluice between s3:",
  ({ profile, endpoint, region, accessKeyId, secretAccessKey }) => {
    describeOnAzure("and az:", ({ connectionString }) => {
      const [s3, az] = [`s3://${uniqueBucket()}`, `az://${uniqueBucket()}`];
      const environment = {
        AWS_ACCESS_KEY_ID: accessKeyId,
        AWS_SECRET_ACCESS_KEY: secretAccessKey,
        AWS_REGION: region,
        AWS_ENDPOINT_URL_S3: endpoint,
        AZURE_STORAGE_CONNECTION_STRING: connectionString,
      };
      const server = profile === undefined ? [] : ["-o", `s3.server=${profile}`];
      const parts = ["-o", "s3.partBytes=5242880", "-o", "az.partBytes=3145728"];
      let folder: string;

      async function sluice(...parameters: string[]) {
        const { stdout } = await promisify(execFile)(
          process.execPath,
          [SLUICE, ...parameters, ...server, ...parts, "--json"],
          { cwd: import.meta.dirname, env: { ...process.env, ...environment } },
        );
        return JSON.parse(stdout);
      }

      beforeAll(async () => {
        folder = await mkdtemp(join(tmpdir(), "sluice-between-"));
        for (const bucket of [s3, az]) await sluice("mb", bucket);
      });
      afterAll(async () => {
        await rm(folder, { recursive: true, force: true });
        for (const bucket of [s3, az]) await sluice("rb", bucket, "--force");
      });

      test("cp from a file to s3 to az to a file, and the other way round: size and checksum are equal on all of them", async () => {
        const bytes = randomBytes(17 << 20);
        const expected = { size: bytes.byteLength, checksum: crc32c(bytes) };
        const file = (name: string) => join(folder, name);
        await writeFile(file("source"), bytes);
        const ways = [
          [file("source"), `${s3}/there`, `${az}/there`, file("there")],
          [file("source"), `${az}/back`, `${s3}/back`, file("back")],
        ];
        for (const way of ways) {
          for (const [index, target] of way.entries()) {
            if (index === 0) continue;
            expect(await sluice("cp", way[index - 1] as string, target), target).toMatchObject(expected);
            const proof = await sluice("verify", target, "--checksum", expected.checksum);
            expect(proof, target).toMatchObject({ ok: true });
          }
          expect(crc32c(await readFile(way.at(-1) as string))).toBe(expected.checksum);
        }
      });

      test("a generated data set goes to s3, from there to az, from there into a folder, and verifies on each", async () => {
        await sluice("gen", `${s3}/set`, "--count", "3", "--size", "7MiB", "--dedup", "2", "--compress", "2");
        await sluice("cp", "--recursive", `${s3}/set`, `${az}/set`);
        await sluice("cp", "--recursive", `${az}/set`, join(folder, "set"));
        for (const place of [`${s3}/set`, `${az}/set`, join(folder, "set")]) {
          expect(await sluice("verify", place), place).toMatchObject({ ok: true, objects: 3 });
        }
      });
    });
  },
  { only: ["ceph", "custom"] },
);
