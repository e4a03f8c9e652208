import { LAUNCHERS, type LauncherFacts } from "./launchers.js";
import { type Environment, isSet, unclear } from "./variables.js";

/**
 * Who this process is, as the innermost of its launchers says: torchrun, Open MPI, Hydra (MPICH), srun or a Kubernetes Indexed Job;
 * undefined where none of them started it, as in a batch script. InvalidArgument, with the variables and their values, where that
 * can't be told: half of them set, a rank beyond the size, two launchers that contradict each other, a task of a Slurm array.
 */
export function readLauncher(environment: Environment): LauncherFacts | undefined {
  const facts = innermostLauncher(environment);
  if (facts === undefined) refuseArrayTask(environment);
  return facts;
}

/** As {@link readLauncher}, but a task of an array is undefined too. */
export function innermostLauncher(environment: Environment): LauncherFacts | undefined {
  const found = LAUNCHERS.flatMap((read) => read(environment) ?? []);
  const [inner, ...outer] = found;
  checkPmix(environment, inner);
  if (inner === undefined) return undefined;
  refuseContradiction(environment, inner, outer);
  if (inner.runId !== undefined || isSet(environment, "TORCHELASTIC_RUN_ID")) return inner;
  // A launcher that numbers the processes as the one around it does was started with it, once.
  const start = outer.find((facts) => facts.runId !== undefined && isSamePlace(facts, inner));
  return start?.runId === undefined ? inner : { ...inner, runId: start.runId };
}

/** The tasks of an array are jobs of their own; whether they are meant as ranks nobody tells. */
export function refuseArrayTask(environment: Environment): void {
  if (!isSet(environment, "SLURM_ARRAY_TASK_ID")) return;
  throw unclear(
    environment,
    ["SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_TASK_COUNT"],
    "a task of an array may be a rank or a job of its own; a given worldSize says which",
  );
}

/** Variables of each launcher, for messages. */
const VARIABLES: Readonly<Record<string, readonly string[]>> = {
  torchrun: ["RANK", "WORLD_SIZE"],
  "Open MPI": ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
  Hydra: ["PMI_RANK", "PMI_SIZE"],
  srun: ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS"],
};

/**
 * Launchers nest, and an outer one may count otherwise. But of the two MPIs one can't be inside of the other; and RANK and WORLD_SIZE are
 * also set by other tools and by hand: only beside torch's other variables they are known to be of the innermost launcher.
 */
function refuseContradiction(environment: Environment, inner: LauncherFacts, outer: readonly LauncherFacts[]): void {
  const isTorchs = ["TORCHELASTIC_RUN_ID", "MASTER_ADDR"].some((variable) => isSet(environment, variable));
  const rivals: Readonly<Record<string, readonly string[]>> = {
    torchrun: isTorchs ? [] : ["Open MPI", "Hydra", "srun"],
    "Open MPI": ["Hydra"],
  };
  const rival = outer.find(
    (facts) => rivals[inner.launcher]?.includes(facts.launcher) === true && !isSamePlace(facts, inner),
  );
  if (rival === undefined) return;
  const variables = [inner, rival].flatMap(({ launcher }) => VARIABLES[launcher] ?? []);
  throw unclear(environment, variables, `${inner.launcher} and ${rival.launcher} contradict each other`);
}

/** PMIx alone tells a rank and no size; it has to be that of the launcher that is known. */
function checkPmix(environment: Environment, inner: LauncherFacts | undefined): void {
  if (!isSet(environment, "PMIX_RANK") || inner?.launcher === "Open MPI" || inner?.launcher === "torchrun") return;
  if (inner !== undefined && environment["PMIX_RANK"] === String(inner.rank)) return;
  const variables = ["PMIX_RANK", ...(VARIABLES[inner?.launcher ?? ""] ?? [])];
  throw unclear(environment, variables, inner === undefined ? "the number of ranks is not told" : "two ranks are told");
}

function isSamePlace(first: LauncherFacts, second: LauncherFacts): boolean {
  return first.rank === second.rank && first.worldSize === second.worldSize;
}
