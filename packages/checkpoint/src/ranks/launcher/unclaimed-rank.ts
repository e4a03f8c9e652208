import { type Environment, isSet, textOf, unclear } from "./variables.js";

/**
 * Refuses a process that no known launcher claims where a variable tells of ranks all the same: it may be one of several, and each
 * would save a checkpoint of its own. A batch script of Slurm, which has a rank too, is one process.
 */
export function refuseUnclaimedRank(environment: Environment): void {
  refuseArrayTask(environment);
  refuseSlurmTask(environment);
  const told = OTHER_RANKS.filter((variable) => isSet(environment, variable));
  if (told.length > 0) throw unclear(environment, told, `the number of ranks is not told; ${REMEDY}`);
}

const REMEDY = "a given worldSize says whether this process is one of several";

/** Ranks on a node, and ranks of launchers that are not known here. */
const OTHER_RANKS = [
  ...["LOCAL_RANK", "GLOBAL_RANK", "NODE_RANK", "GROUP_RANK", "HOROVOD_RANK", "PADDLE_TRAINER_ID", "JAX_PROCESS_ID"],
  ...["OMPI_COMM_WORLD_LOCAL_RANK", "OMPI_COMM_WORLD_NODE_RANK", "MV2_COMM_WORLD_LOCAL_RANK", "MVP_COMM_WORLD_RANK"],
  ...["MPI_RANK", "MPI_RANKID", "MPI_LOCALRANKID", "MPIRUN_RANK", "PMI_ID", "PMI_LOCAL_RANK", "PMI_FORK_RANK"],
  ...["JSM_NAMESPACE_LOCAL_RANK", "FLUX_TASK_LOCAL_ID", "PALS_LOCAL_RANKID", "AWS_BATCH_JOB_NODE_INDEX"],
];

interface ArrayTask {
  readonly variables: readonly [index: string, ...others: string[]];
  /** A variable's value by which a job is no array. */
  readonly unless?: readonly [variable: string, value: string];
}

const ARRAY_TASKS: readonly ArrayTask[] = [
  { variables: ["SLURM_ARRAY_TASK_ID", "SLURM_ARRAY_JOB_ID", "SLURM_ARRAY_TASK_COUNT"] },
  { variables: ["PBS_ARRAY_INDEX"] },
  { variables: ["PBS_ARRAYID"] },
  { variables: ["SGE_TASK_ID", "SGE_TASK_LAST"], unless: ["SGE_TASK_ID", "undefined"] },
  { variables: ["LSB_JOBINDEX", "LSB_JOBINDEX_END"], unless: ["LSB_JOBINDEX", "0"] },
  { variables: ["AWS_BATCH_JOB_ARRAY_INDEX", "AWS_BATCH_JOB_ARRAY_SIZE"] },
  { variables: ["CLOUD_RUN_TASK_INDEX", "CLOUD_RUN_TASK_COUNT"], unless: ["CLOUD_RUN_TASK_COUNT", "1"] },
  { variables: ["BATCH_TASK_INDEX", "BATCH_TASK_COUNT"], unless: ["BATCH_TASK_COUNT", "1"] },
];

/** The tasks of an array are jobs of their own; whether they are meant as ranks nobody tells. */
function refuseArrayTask(environment: Environment): void {
  const task = ARRAY_TASKS.find(
    ({ variables: [index], unless }) =>
      isSet(environment, index) && (unless === undefined || textOf(environment, unless[0]) !== unless[1]),
  );
  if (task === undefined) return;
  const problem = "a task of an array may be a rank or a job of its own; a given worldSize says which";
  throw unclear(environment, task.variables, problem);
}

/** A batch script is task 0 of a job, and an interactive shell a step of its own; a container may have been given half of a step. */
function refuseSlurmTask(environment: Environment): void {
  if (isSet(environment, "SLURM_STEP_ID")) return;
  const told = ["SLURM_PROCID", "SLURM_LOCALID", "SLURM_STEPID", "SLURM_STEP_NUM_TASKS"].filter((variable) =>
    isSet(environment, variable),
  );
  const isBatchScript =
    isSet(environment, "SLURM_JOB_ID") &&
    told.every((variable) => !variable.includes("STEP") && environment[variable] === "0");
  if (told.length === 0 || isBatchScript) return;
  const problem = `SLURM_STEP_ID is not set, and a batch script has other variables; ${REMEDY}`;
  throw unclear(environment, [...told, "SLURM_NTASKS", "SLURM_JOB_ID"], problem);
}
