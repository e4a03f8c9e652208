import type { Command } from "commander";
import { CommandError } from "../../command-error.js";
import type { RunCommand } from "../../program.js";
import { addCheckpointLs } from "./ls.js";
import { addCheckpointPrune } from "./prune.js";
import { addCheckpointRestore } from "./restore.js";
import { addCheckpointSave } from "./save.js";
import { addCheckpointShow } from "./show.js";
import { addCheckpointTensors } from "./tensors.js";
import { addCheckpointVerify } from "./verify.js";

const COMMANDS = [
  addCheckpointSave,
  addCheckpointLs,
  addCheckpointShow,
  addCheckpointVerify,
  addCheckpointRestore,
  addCheckpointTensors,
  addCheckpointPrune,
];

export function addCheckpoint(program: Command, run: RunCommand): void {
  const group = program
    .command("checkpoint")
    .description("Save, verify and restore sharded checkpoints.")
    .argument("[command]")
    .allowExcessArguments()
    .usage("<command>")
    .action((name?: string) => {
      const known = group.commands.map((command) => command.name()).join(", ");
      const problem =
        name === undefined
          ? "checkpoint needs a command"
          : `checkpoint has no command ${JSON.stringify(name)}${name === "list" ? " (did you mean ls?)" : ""}`;
      throw new CommandError("Usage", `${problem}: ${known}; see sluice checkpoint --help`);
    });
  for (const add of COMMANDS) add(group, run);
}
