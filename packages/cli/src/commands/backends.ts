import { BACKEND_PACKAGES } from "@sluice/core";
import type { Command } from "commander";
import { addCommonOptions, type CommonOptions } from "../common-options.js";
import type { CommandContext } from "../context.js";
import type { Outcome } from "../outcome.js";
import type { RunCommand } from "../program.js";

const PACKAGES: Readonly<Record<string, string>> = { memory: "@sluice/core", ...BACKEND_PACKAGES };

export function addBackends(program: Command, run: RunCommand): void {
  const command = program
    .command("backends")
    .description("List the backends that are installed, and those that are not.");
  addCommonOptions(command).action((options: CommonOptions) => run(options, backends));
}

async function backends({ environment: { registry } }: CommandContext): Promise<Outcome> {
  const problems = await registry.discover();
  const installed = [...new Set(registry.backends().values())].map(({ name, schemes }) => {
    const packageName = PACKAGES[schemes[0] ?? ""];
    return { name, schemes, ...(packageName !== undefined && { package: packageName }) };
  });
  const missing = Object.entries(PACKAGES)
    .filter(([scheme]) => !registry.has(scheme))
    .map(([scheme, packageName]) => ({ schemes: [scheme], package: packageName }));
  const row = (name: string, schemes: readonly string[], rest: string) =>
    `${name.padEnd(10)} ${schemes
      .map((scheme) => `${scheme}:`)
      .join(" ")
      .padEnd(10)} ${rest}`.trimEnd();
  return {
    kind: "result",
    isAnswer: true,
    value: { installed, missing, problems },
    lines: [
      ...installed.map(({ name, schemes, package: packageName = "" }) => row(name, schemes, packageName)),
      ...missing.map(({ schemes, package: packageName }) => row("-", schemes, `npm install ${packageName}`)),
      ...problems,
    ],
  };
}
