export {
  type BackgroundSaveOptions,
  BackgroundSaver,
  type BackgroundSaverOptions,
  type ShardBytes,
} from "./background/background-saver.js";
export type { SaveId } from "./layout/save-id.js";
export type { Strategy } from "./layout/strategy.js";
export type { Manifest, ManifestShard, ShardMeta } from "./manifest/manifest.js";
export type { CheckpointBase } from "./open-base.js";
export { type PruneOptions, type PruneReport, prune } from "./prune/prune.js";
export { describeIdentity, type Identity, type IdentityOptions, identifyProcess } from "./ranks/identity.js";
export type { LauncherFacts } from "./ranks/launcher/launchers.js";
export { readLauncher } from "./ranks/launcher/read-launcher.js";
export type { Environment } from "./ranks/launcher/variables.js";
export {
  CheckpointReader,
  type ReadCallOptions,
  type RestoreOptions,
  type ShardBytesOptions,
  type VerifyOptions,
} from "./read/checkpoint-reader.js";
export type { Fallback } from "./read/find.js";
export type { CheckpointInfo } from "./read/list.js";
export type { RestoreResult, ShardConsumer } from "./read/restore.js";
export { ShardContent, type ShardContentParts } from "./read/shard-content.js";
export type { ShardProblem, VerifyReport } from "./read/verify.js";
export type { Dtype, TensorArray } from "./safetensors/dtype.js";
export {
  type EncodedSafetensors,
  type EncodeSafetensorsOptions,
  encodeSafetensors,
  type TensorSource,
} from "./safetensors/encode.js";
export type { SafetensorsHeader, TensorInfo } from "./safetensors/header.js";
export { type OpenSafetensorsOptions, openSafetensors } from "./safetensors/open.js";
export { SafetensorsFile, type SafetensorsSource, type Tensor } from "./safetensors/safetensors-file.js";
export { CheckpointWriter } from "./write/checkpoint-writer.js";
export type { CommitResult } from "./write/commit.js";
export type { CheckpointWriterOptions } from "./write/options.js";
export type { ShardSources } from "./write/save-shards.js";
export type { OpenedShard } from "./write/shard-writers.js";
