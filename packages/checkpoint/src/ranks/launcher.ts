import { ObjectStoreError } from "@sluice/core";

/** What a launcher tells a process through its environment. */
export interface LauncherFacts {
  readonly rank?: number;
  readonly worldSize?: number;
  /** The same for all ranks of one start of a job, and another for each start. */
  readonly runId?: string;
}

export type Environment = Readonly<Record<string, string | undefined>>;

interface Launcher {
  readonly name: string;
  readonly rank: string;
  readonly worldSize?: string;
  /** Variables that together name a start of the job; the first one has to be there. */
  readonly run: readonly string[];
}

/** In this order: a launcher that runs inside of another one knows the ranks better than the outer one. */
const LAUNCHERS: readonly Launcher[] = [
  // https://pytorch.org/docs/stable/elastic/run.html
  {
    name: "torchrun",
    rank: "RANK",
    worldSize: "WORLD_SIZE",
    run: ["TORCHELASTIC_RUN_ID", "TORCHELASTIC_RESTART_COUNT"],
  },
  // https://docs.open-mpi.org
  { name: "mpirun", rank: "OMPI_COMM_WORLD_RANK", worldSize: "OMPI_COMM_WORLD_SIZE", run: ["PMIX_NAMESPACE"] },
  // https://slurm.schedmd.com/srun.html
  {
    name: "srun",
    rank: "SLURM_PROCID",
    worldSize: "SLURM_NTASKS",
    run: ["SLURM_JOB_ID", "SLURM_STEP_ID", "SLURM_RESTART_COUNT"],
  },
  // https://kubernetes.io/docs/concepts/workloads/controllers/job/#completion-mode
  { name: "job", rank: "JOB_COMPLETION_INDEX", run: [] },
];

/**
 * Rank, world size and run of this process, from the environment of torchrun, Open MPI, Slurm or a Kubernetes Indexed Job;
 * empty where none of them started it. InvalidArgument if a variable is no whole number.
 */
export function readLauncher(environment: Environment): LauncherFacts {
  const launcher = LAUNCHERS.find(({ rank }) => isSet(environment[rank]));
  if (launcher === undefined) return {};
  const { name, worldSize, run } = launcher;
  const rank = numberOf(environment, launcher.rank);
  const size = worldSize === undefined ? undefined : numberOf(environment, worldSize);
  const [first] = run;
  const hasRun = first !== undefined && isSet(environment[first]);
  return {
    ...(rank !== undefined && { rank }),
    ...(size !== undefined && { worldSize: size }),
    ...(hasRun && { runId: [name, ...run.map((variable) => environment[variable] ?? "")].join(" ") }),
  };
}

function isSet(value: string | undefined): value is string {
  return value !== undefined && value !== "";
}

function numberOf(environment: Environment, variable: string): number | undefined {
  const text = environment[variable];
  if (!isSet(text)) return undefined;
  if (/^\d{1,10}$/.test(text)) return Number(text);
  throw new ObjectStoreError("InvalidArgument", `${variable} must be a whole number, got ${JSON.stringify(text)}`, {
    operation: "CheckpointWriter.open",
  });
}
