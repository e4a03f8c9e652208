import type { Command } from "commander";
import { addCommonOptions, type CommonOptions } from "../common-options.js";
import type { RunCommand } from "../program.js";
import { addReadOptions, type ReadOptions } from "../read-options.js";
import { writeOut } from "../write-out.js";

export function addCat(program: Command, run: RunCommand): void {
  const command = program.command("cat").description("Write an object to standard output.").argument("<uri>", "object");
  addReadOptions(command);
  addCommonOptions(command).action((uri: string, options: CommonOptions & ReadOptions) =>
    run(options, (context) => writeOut(context, uri, options)),
  );
}
