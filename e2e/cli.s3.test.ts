import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
import { openS3Store } from "@sluice/backend-s3";
import { afterAll, beforeAll, expect, test } from "vitest";
import { describeOnServers, uniqueBucket } from "../scripts/servers/index.ts";

const SLUICE = join(dirname(createRequire(import.meta.url).resolve("@sluice/cli/package.json")), "dist", "bin.js");

// The command finds the backend in the package of its working folder, this one.
describeOnServers(
  "sluice on s3:",
  ({ profile, endpoint, region, accessKeyId, secretAccessKey }) => {
    const bucket = uniqueBucket();
    const base = `s3://${bucket}`;
    let folder: string;

    async function sluice(...parameters: string[]) {
      const server = profile === undefined ? [] : ["-o", `s3.server=${profile}`];
      const child = spawn(
        process.execPath,
        [SLUICE, ...parameters, "--endpoint", endpoint, "-o", "s3.partBytes=5242880", ...server],
        {
          cwd: import.meta.dirname,
          env: {
            ...process.env,
            AWS_ACCESS_KEY_ID: accessKeyId,
            AWS_SECRET_ACCESS_KEY: secretAccessKey,
            AWS_REGION: region,
            AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
          },
          stdio: ["ignore", "pipe", "pipe"],
        },
      );
      const [stdout, stderr, [code]] = await Promise.all([text(child.stdout), text(child.stderr), once(child, "exit")]);
      return { stdout, stderr, code: code as number };
    }

    async function good(...parameters: string[]): Promise<string> {
      const { stdout, stderr, code } = await sluice(...parameters);
      expect({ stderr, code }, parameters.join(" ")).toEqual({ stderr: "", code: 0 });
      return stdout;
    }

    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "sluice-cli-s3-"));
    });
    afterAll(() => rm(folder, { recursive: true, force: true }));

    test("a missing bucket is told as that, whatever is to be done there", async () => {
      const missing = `s3://${uniqueBucket()}`;
      await writeFile(join(folder, "file"), "x");
      for (const command of [
        ...[
          ["ls", missing],
          ["ls", `${missing}/d/`],
          ["put", join(folder, "file"), `${missing}/x`],
          ["sweep", missing],
        ],
        ...[
          ["rm", "-rf", missing],
          ["rm", `${missing}/x`],
          ["cat", `${missing}/x`],
          ["rb", missing],
        ],
        ...[
          ["gen", missing, "--size", "1KiB"],
          ["cp", "-r", missing, folder],
        ],
        ["checkpoint", "ls", missing],
      ]) {
        const { stderr, code } = await sluice(...command);
        expect({ command, code, stderr }).toEqual({
          ...{
            command,
            code: 3,
            stderr: expect.stringContaining(`there is no bucket ${missing}; check the name, or make`),
          },
        });
      }
    });

    test("mb, gen, verify, put, get, cat, ls, stat, cp both ways, rm, sweep, rb", async () => {
      const bytes = randomBytes(11 << 20);
      await writeFile(join(folder, "model.bin"), bytes);
      await good("mb", base);
      await good("gen", `${base}/set`, "--size", "6MiB", "--count", "3", "--dedup", "2", "--compress", "2");
      expect(JSON.parse(await good("verify", `${base}/set`, "--json"))).toMatchObject({ ok: true, objects: 3 });
      const put = JSON.parse(await good("put", join(folder, "model.bin"), `${base}/models/`, "--readback", "--json"));
      expect(put).toMatchObject({ uri: `${base}/models/model.bin`, size: bytes.byteLength, verifiedBy: "readback" });
      await good("put", join(folder, "model.bin"), `${base}/models/`, "--zstd");
      await good("get", `${base}/models/model.bin`, join(folder, "copy.bin"), "--checksum", put.checksum);
      expect(Buffer.compare(await readFile(join(folder, "copy.bin")), bytes)).toBe(0);
      expect(await good("cat", `${base}/set/dataset.json`, "--range", "5:11")).toBe("format");
      expect((await good("ls", base)).split("\n").filter(Boolean)).toEqual(["models/", "set/"]);
      expect(JSON.parse(await good("ls", `${base}/models/`, "--json"))).toMatchObject({ objects: 2 });
      expect(JSON.parse(await good("stat", `${base}/models/model.bin`, "--json"))).toMatchObject({
        size: bytes.byteLength,
      });
      await good("cp", "--recursive", `${base}/set`, join(folder, "set"));
      expect(JSON.parse(await good("verify", join(folder, "set"), "--json"))).toMatchObject({ ok: true, objects: 3 });
      await good("cp", "--recursive", join(folder, "set"), `${base}/again`);
      expect(JSON.parse(await good("verify", `${base}/again`, "--json"))).toMatchObject({ ok: true, objects: 3 });
      await good("cp", `${base}/models/model.bin`, join(folder, "third.bin"));
      await good("cp", join(folder, "third.bin"), `${base}/third.bin`);
      expect(JSON.parse(await good("rm", "--recursive", `${base}/again`, "--json"))).toMatchObject({ removed: 4 });
      expect(await good("sweep", base, "--dry-run")).toContain("would remove 0 stale uploads");
      const refused = await sluice("rb", base);
      expect(refused).toMatchObject({ code: 3, stderr: expect.stringContaining("not empty") });
      expect(JSON.parse(await good("rb", base, "--force", "--json"))).toMatchObject({ removed: 7 });
      const gone = await sluice("ls", base);
      expect(gone).toMatchObject({ code: 3, stderr: expect.stringContaining(bucket) });
    });

    test("objects whose key ends in / are read, skipped by copies to files, and removed; nothing done ends with 1", async () => {
      const other = uniqueBucket();
      await good("mb", `s3://${other}`);
      const credentials = { accessKeyId, secretAccessKey };
      await using store = await openS3Store(other, "", { endpoint, region, credentials });
      for (const [key, content] of Object.entries({ "d/": "", "d/a": "a", "d/e/": "", "f/": "bytes" })) {
        await store.put(key, content);
      }
      expect(await good("cat", `s3://${other}/f/`)).toBe("bytes");
      expect(JSON.parse(await good("stat", `s3://${other}/f/`, "--json"))).toMatchObject({ key: "f/", size: 5 });
      const copied = JSON.parse(await good("cp", "-r", `s3://${other}/d`, join(folder, "d"), "--json"));
      expect(copied).toMatchObject({ objects: 1, skipped: 2 });
      for (const [line, message] of [
        [["rm", `s3://${other}/d/e`], /--recursive/],
        [["rm", `s3://${other}/*`], /no such object/],
        [["rm", "-r", `s3://${other}/mistyped`], /nothing is below/],
        [["cp", "-r", `s3://${other}/mistyped`, join(folder, "x")], /nothing is below/],
        [["ls", `s3://${other}/mistyped`], /nothing is below/],
      ] as const) {
        expect(await sluice(...line)).toMatchObject({ code: 1, stdout: "", stderr: expect.stringMatching(message) });
      }
      expect(JSON.parse(await good("rm", `s3://${other}/f/`, "--json"))).toMatchObject({ removed: 1 });
      expect(JSON.parse(await good("rm", "-r", `s3://${other}/d`, "--json"))).toMatchObject({ removed: 3 });
      await good("rb", `s3://${other}`);
    });
  },
  { only: ["ceph", "custom"] },
);
