import { type Environment, isSet, numberOf, readRank, textOf, unclear } from "./variables.js";

/** What a launcher tells a process. */
export interface LauncherFacts {
  /** `torchrun`, `Open MPI`, `MVAPICH2`, `Hydra`, `jsrun`, `Flux`, `srun` or `Kubernetes`. */
  readonly launcher: string;
  readonly rank: number;
  /** Absent where the launcher does not tell. */
  readonly worldSize?: number;
  /** The same for all ranks of one start of a job, and another for each start; absent where nothing tells starts apart. */
  readonly runId?: string;
}

/** Names its launcher's facts, if it started the process. InvalidArgument for variables that can't be what the launcher sets. */
type ReadLauncher = (environment: Environment) => LauncherFacts | undefined;

type KnownLauncher = "torchrun" | "Open MPI" | "MVAPICH2" | "Hydra" | "jsrun" | "Flux" | "srun";

/** The variables in which launchers tell a process its rank, and of how many. */
export const RANK_VARIABLES: Readonly<Record<KnownLauncher, readonly [rank: string, size: string]>> = {
  torchrun: ["RANK", "WORLD_SIZE"],
  "Open MPI": ["OMPI_COMM_WORLD_RANK", "OMPI_COMM_WORLD_SIZE"],
  MVAPICH2: ["MV2_COMM_WORLD_RANK", "MV2_COMM_WORLD_SIZE"],
  Hydra: ["PMI_RANK", "PMI_SIZE"],
  jsrun: ["JSM_NAMESPACE_RANK", "JSM_NAMESPACE_SIZE"],
  Flux: ["FLUX_TASK_RANK", "FLUX_JOB_SIZE"],
  srun: ["SLURM_PROCID", "SLURM_STEP_NUM_TASKS"],
};

/** From inner to outer ones: a launcher that runs inside of another one knows the ranks better than the outer one. */
export const LAUNCHERS: readonly ReadLauncher[] = [
  readTorchrun,
  readOpenMpi,
  // mpirun_rsh: https://mvapich.cse.ohio-state.edu/userguide/
  readerOf("MVAPICH2"),
  // MPICH's launcher, Intel MPI's, HPE's PALS, and srun --mpi=pmi2: https://www.mpich.org.
  readerOf("Hydra"),
  // Of LSF: https://www.ibm.com/docs/en/spectrum-lsf, Job Step Manager.
  readerOf("jsrun"),
  // https://flux-framework.readthedocs.io, flux-environment(7). A job's id is unique in its instance only, and instances nest.
  readerOf("Flux"),
  readSrun,
  readKubernetes,
];

/** Reads a launcher that tells rank and size, and nothing that tells one start from another. */
function readerOf(launcher: KnownLauncher): ReadLauncher {
  const [rank, size] = RANK_VARIABLES[launcher];
  return (environment) => {
    const found = readRank(environment, rank, size);
    return found === undefined ? undefined : { launcher, ...found };
  };
}

/** https://pytorch.org/docs/stable/elastic/run.html: without --rdzv-id the run is called `none`, as every other one. */
function readTorchrun(environment: Environment): LauncherFacts | undefined {
  const variables = [...RANK_VARIABLES.torchrun, "TORCHELASTIC_RUN_ID"];
  const found = readRank(environment, ...RANK_VARIABLES.torchrun);
  const id = textOf(environment, "TORCHELASTIC_RUN_ID");
  if (found === undefined) {
    if (id !== "") throw unclear(environment, variables, "RANK and WORLD_SIZE are not set");
    return undefined;
  }
  const runId = `torchrun ${id} ${textOf(environment, "TORCHELASTIC_RESTART_COUNT")}`;
  return { launcher: "torchrun", ...found, ...(id !== "" && id !== "none" && { runId }) };
}

/**
 * https://docs.open-mpi.org. The namespace is made from the process id of mpirun, which two starts share in pid namespaces of their own; the
 * key of the transports is random.
 */
function readOpenMpi(environment: Environment): LauncherFacts | undefined {
  const variables = RANK_VARIABLES["Open MPI"];
  const found = readRank(environment, ...variables);
  if (found === undefined) return undefined;
  if (isSet(environment, "PMIX_RANK") && numberOf(environment, "PMIX_RANK") !== found.rank) {
    throw unclear(environment, [...variables, "PMIX_RANK"], "two ranks are told");
  }
  const start = textOf(environment, "OMPI_MCA_orte_precondition_transports");
  const runId = `mpirun ${textOf(environment, "PMIX_NAMESPACE")} ${start}`;
  return { launcher: "Open MPI", ...found, ...(start !== "" && { runId }) };
}

/** Steps from this number on are Slurm's own: a batch script, an interactive shell (slurm.h, SLURM_MAX_NORMAL_STEP_ID). */
const FIRST_SPECIAL_STEP = 0xfffffff0;

/**
 * https://slurm.schedmd.com/srun.html. Only inside of a step: a batch script has SLURM_PROCID and SLURM_NTASKS too, and is one process.
 * SLURM_NTASKS may be the job's where the step is smaller.
 */
function readSrun(environment: Environment): LauncherFacts | undefined {
  if (!isSet(environment, "SLURM_STEP_ID")) return undefined;
  if (numberOf(environment, "SLURM_STEP_ID") >= FIRST_SPECIAL_STEP) return undefined;
  const variables = RANK_VARIABLES.srun;
  const found = readRank(environment, ...variables);
  if (found === undefined) {
    throw unclear(environment, ["SLURM_STEP_ID", ...variables], `${variables.join(" and ")} are not set`);
  }
  const [cluster, job, step, restarts] = (
    ["SLURM_CLUSTER_NAME", "SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT"] as const
  ).map((variable) => textOf(environment, variable));
  return { launcher: "srun", ...found, ...(job !== "" && { runId: `slurm ${cluster} ${job} ${step} ${restarts}` }) };
}

/** An Indexed Job: https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode */
function readKubernetes(environment: Environment): LauncherFacts | undefined {
  if (!isSet(environment, "JOB_COMPLETION_INDEX")) return undefined;
  return { launcher: "Kubernetes", rank: numberOf(environment, "JOB_COMPLETION_INDEX") };
}
