import { isObjectStoreError } from "@sluice/core";
import type { Command } from "commander";
import { addCommonOptions, type CommonOptions, optionParser } from "../../common-options.js";
import type { CommandContext } from "../../context.js";
import { EXIT } from "../../exit-code.js";
import { formatName, formatSize } from "../../format.js";
import type { ListingLine, Outcome } from "../../outcome.js";
import { wholeNumber } from "../../parse-number.js";
import type { RunCommand } from "../../program.js";
import { addStepOption, describeReader, openReader, type WhichOptions } from "./open-reader.js";
import { savedNames } from "./shard-files.js";

interface TensorsOptions extends CommonOptions, WhichOptions {
  readonly rank?: number;
}

const MAX_RANK = 2 ** 32 - 1;

export function addCheckpointTensors(group: Command, run: RunCommand): void {
  const command = group
    .command("tensors")
    .description("List the tensors of shards that are safetensors files; only their headers are read.")
    .argument("<uri>", "where checkpoints lie")
    .option("--rank <n>", "of one rank only", optionParser(wholeNumber(0, MAX_RANK)));
  addStepOption(command);
  addCommonOptions(command).action((uri: string, options: TensorsOptions) =>
    run(options, (context) => tensors(context, uri, options)),
  );
}

async function tensors(context: CommandContext, source: string, options: TensorsOptions): Promise<Outcome> {
  const reader = await openReader(context, source, options);
  const { signal } = context;
  const ranks = options.rank === undefined ? reader.manifest.shards.map(({ rank }) => rank) : [options.rank];
  const totals = { tensors: 0, bytes: 0 };
  const names = savedNames(reader.manifest);
  const others: { readonly rank: number; readonly file: string; readonly reason: string }[] = [];
  const entries = async function* (): AsyncGenerator<ListingLine, void, void> {
    for (const rank of ranks) {
      const file = await reader.tensors(rank, { signal }).catch(async (error: unknown) => {
        const reason = foreignReason(error, names?.[rank]);
        if (reason === undefined) throw error;
        others.push({ rank, file: names?.[rank] ?? "", reason });
        await context.complain(
          `not listed: rank ${rank} (${formatName(names?.[rank] ?? "")}) is no safetensors file: ${formatName(reason)}`,
        );
        return undefined;
      });
      if (file === undefined) continue;
      for (const { name, dtype, shape, start, end } of file.tensors) {
        totals.tensors++;
        totals.bytes += end - start;
        const line = `rank ${rank}  ${formatName(name)}  ${formatName(dtype)} [${shape.join(", ")}]  ${formatSize(end - start)}`;
        yield { value: { rank, name, dtype, shape, start, end }, line };
      }
    }
  };
  return {
    ...{ kind: "listing", head: describeReader(reader), entries: entries() },
    totals: () => ({ ...totals, ...(others.length > 0 && { others }) }),
    exitCode: () => (others.length < ranks.length ? EXIT.good : EXIT.notDone),
  };
}

const NO_SAFETENSORS = "is no valid safetensors file: ";

/** Why a shard is another kind of file; undefined for other errors, and for one whose name says safetensors, or that has no name: it is damaged. */
function foreignReason(error: unknown, name: string | undefined): string | undefined {
  if (name === undefined || /\.safetensors$/i.test(name) || !isObjectStoreError(error, "ChecksumMismatch"))
    return undefined;
  const [, reason] = error.message.split(NO_SAFETENSORS);
  return reason;
}
