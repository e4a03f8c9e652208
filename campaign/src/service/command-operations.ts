import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fsBackend } from "@sluice/backend-fs";
import { ObjectStoreError, StoreRegistry } from "@sluice/core";
import { type CommandResult, runCommand } from "../command.js";
import type { Draw } from "../draw.js";
import type { Fixtures } from "./fixtures.js";
import type { HostileService } from "./hostile-service.js";
import { bytesDiffer, type Operation } from "./operation.js";

type Drawn = (draw: Draw, hostile: HostileService, fixtures: Fixtures, folder: string) => Operation;

/** The command, in this process: exit status 0 has to be the truth. */
export const COMMAND_OPERATIONS: readonly Drawn[] = [getFile, copyTree, removeTree, listTree];

function getFile(draw: Draw, hostile: HostileService, { objects }: Fixtures): Operation {
  const key = draw.one(["plain", "small", "empty"]);
  const name = draw.one(["get", "cp", "cat"] as const);
  return inFolder(hostile, `sluice ${name} ${key}`, async (base, folder) => {
    const { bytes } = await sluice(
      hostile,
      name === "cat" ? ["cat", `${base}${key}`] : [name, `${base}${key}`, join(folder, "file")],
    );
    const got = name === "cat" ? bytes : await readFile(join(folder, "file"));
    return bytesDiffer(got, objects.get(key) as Uint8Array);
  });
}

function copyTree(_draw: Draw, hostile: HostileService, { listed }: Fixtures): Operation {
  return inFolder(hostile, "sluice cp -r list/", async (base, folder) => {
    await sluice(hostile, ["cp", "-r", `${base}list/`, `${folder}/`]);
    const files = (await readdir(folder, { recursive: true, withFileTypes: true })).filter((entry) => entry.isFile());
    if (files.length !== listed.length) return `${files.length} files of ${listed.length} objects`;
    for (const key of listed) {
      const text = await readFile(join(folder, key.slice("list/".length)), "utf8");
      if (text !== key) return `${key} became ${text}`;
    }
    return undefined;
  });
}

function removeTree(draw: Draw, hostile: HostileService, _fixtures: Fixtures, folder: string): Operation {
  const { truth } = hostile.service;
  const keys = ["a", "b b", "c/d", "c/e", "f"].slice(0, draw.integer(1, 5)).map((name) => `${folder}${name}`);
  return {
    words: `sluice rm -r of ${keys.length} objects`,
    writes: true,
    prepare: async () => {
      for (const key of keys) await truth.put(key, "x");
    },
    call: () => sluice(hostile, ["rm", "-r", `${truth.uri}${folder}`]),
    untruth: async () => {
      for (const key of keys) if (await truth.exists(key)) return `${key} is there`;
      return undefined;
    },
  };
}

function listTree(_draw: Draw, hostile: HostileService, { listed }: Fixtures): Operation {
  return inFolder(hostile, "sluice ls -r --json list/", async (base) => {
    const { bytes } = await sluice(hostile, ["ls", "-r", "--json", `${base}list/`]);
    const text = bytes.toString();
    const missing = listed.filter((key) => !text.includes(JSON.stringify(key.slice("list/".length)).slice(1, -1)));
    return missing.length === 0 ? undefined : `${missing.length} of ${listed.length} objects are not told`;
  });
}

/** A call with a folder of its own for what it writes; its value is what is not true. */
function inFolder(
  { service }: HostileService,
  words: string,
  call: (base: string, folder: string) => Promise<string | undefined>,
): Operation {
  return {
    words,
    call: async () => {
      const folder = await mkdtemp(join(tmpdir(), "sluice-campaign-"));
      try {
        return await call(service.truth.uri, folder);
      } finally {
        await rm(folder, { recursive: true, force: true });
      }
    },
    untruth: (untruth: string | undefined) => untruth,
  };
}

/** Runs the command on the mutated answers; another status than 0 is thrown as a refusal. */
async function sluice({ plugin }: HostileService, parameters: readonly string[]): Promise<CommandResult> {
  const result = await runCommand(parameters, new StoreRegistry({ plugins: [fsBackend(), plugin], discovery: false }));
  if (result.status !== 0) throw new ObjectStoreError("Internal", `status ${result.status}: ${result.stderr}`);
  return result;
}
