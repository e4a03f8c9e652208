import { LAUNCHERS, type LauncherFacts, RANK_VARIABLES } from "./launchers.js";
import { refuseUnclaimedRank } from "./unclaimed-rank.js";
import { type Environment, isSet, numberOf, unclear } from "./variables.js";

/**
 * Who this process is, as the innermost of its launchers says: torchrun, Open MPI, MVAPICH2, Hydra (MPICH), jsrun, Flux, srun or a
 * Kubernetes Indexed Job; undefined where nothing tells of ranks, as in a batch script. InvalidArgument, with the variables and their
 * values, where that can't be told: half of them set, a rank beyond the size, two launchers that contradict each other, a rank that no
 * launcher known here tells whole, a task of an array.
 */
export function readLauncher(environment: Environment): LauncherFacts | undefined {
  const facts = innermostLauncher(environment);
  if (facts === undefined) refuseUnclaimedRank(environment);
  return facts;
}

/** As {@link readLauncher}, but where no launcher is known, what else tells of a rank is not looked at. */
export function innermostLauncher(environment: Environment): LauncherFacts | undefined {
  const found = LAUNCHERS.flatMap((read) => read(environment) ?? []);
  const [inner, ...outer] = found;
  checkRanksWithoutSize(environment, inner);
  if (inner === undefined) return undefined;
  refuseContradiction(environment, inner, outer);
  if (inner.runId !== undefined || isSet(environment, "TORCHELASTIC_RUN_ID")) return inner;
  // A launcher that numbers the processes as the one around it does was started with it, once.
  const start = outer.find((facts) => facts.runId !== undefined && isSamePlace(facts, inner));
  return start?.runId === undefined ? inner : { ...inner, runId: start.runId };
}

/**
 * Launchers nest, and an outer one may count otherwise. But of the MPIs none can be inside of another; and RANK and WORLD_SIZE are
 * also set by other tools and by hand: only beside torch's other variables they are known to be of the innermost launcher.
 */
function refuseContradiction(environment: Environment, inner: LauncherFacts, outer: readonly LauncherFacts[]): void {
  const isTorchs = ["TORCHELASTIC_RUN_ID", "MASTER_ADDR"].some((variable) => isSet(environment, variable));
  const rivals: Readonly<Record<string, readonly string[]>> = {
    torchrun: isTorchs ? [] : ["Open MPI", "MVAPICH2", "Hydra", "jsrun", "Flux", "srun"],
    "Open MPI": ["MVAPICH2", "Hydra"],
    MVAPICH2: ["Hydra"],
  };
  const rival = outer.find(
    (facts) => rivals[inner.launcher]?.includes(facts.launcher) === true && !isSamePlace(facts, inner),
  );
  if (rival === undefined) return;
  const variables = [inner, rival].flatMap(({ launcher }) => variablesOf(launcher));
  throw unclear(environment, variables, `${inner.launcher} and ${rival.launcher} contradict each other`);
}

/** Ranks that are told without a size: of PMIx, of HPE's PALS beside PMI_RANK, of Cray's ALPS. */
const RANKS_WITHOUT_SIZE = ["PMIX_RANK", "PALS_RANKID", "ALPS_APP_PE"];

/** A rank without a size has to be that of the launcher that is known; torchrun and mpirun may themselves run in what tells it. */
function checkRanksWithoutSize(environment: Environment, inner: LauncherFacts | undefined): void {
  if (inner?.launcher === "Open MPI" || inner?.launcher === "torchrun") return;
  for (const variable of RANKS_WITHOUT_SIZE) {
    if (!isSet(environment, variable)) continue;
    if (inner !== undefined && numberOf(environment, variable) === inner.rank) continue;
    const variables = [variable, ...(inner === undefined ? [] : variablesOf(inner.launcher))];
    throw unclear(
      environment,
      variables,
      inner === undefined ? "the number of ranks is not told" : "two ranks are told",
    );
  }
}

function variablesOf(launcher: string): readonly string[] {
  return (RANK_VARIABLES as Readonly<Record<string, readonly string[]>>)[launcher] ?? [];
}

function isSamePlace(first: LauncherFacts, second: LauncherFacts): boolean {
  return first.rank === second.rank && first.worldSize === second.worldSize;
}
