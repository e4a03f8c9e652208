import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { text } from "node:stream/consumers";
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
  },
  { only: ["ceph", "custom"] },
);
