export { fullBlocks, uniqueBlockOf, uniqueBlocks } from "./blocks.js";
export { type BlockRange, MAX_BAD_RANGES } from "./damage-tally.js";
export { type ChunkRange, DataGenerator, MAX_CHUNK_BYTES } from "./data-generator.js";
export type { DataTarget, StreamingDataWriterOptions } from "./data-writer-options.js";
export { DatasetPlan, type PlannedObject } from "./dataset/dataset-plan.js";
export {
  createDatasetSpec,
  type DatasetSpec,
  type DatasetSpecJson,
  type DatasetSpecOptions,
  type DedupScope,
  datasetSpecFromJson,
  datasetSpecToJson,
  MAX_DATASET_OBJECTS,
  MAX_DEPTH,
  MAX_FOLDERS,
} from "./dataset/dataset-spec.js";
export { MAX_BUCKETS, type SizeBucket, type SizeDistribution } from "./dataset/size-distribution.js";
export { MAX_FACTOR } from "./factor.js";
export { MAX_PIECE_BYTES } from "./kernel/kernel.js";
export { COMPRESSORS, type CompressorName } from "./measure/compressors.js";
export { compareWithRecipe, type Deviation, type Expectation, expectationOf } from "./measure/expectation.js";
export { type MeasureFailure, type MeasureOptions, type MeasureSource, measure } from "./measure/measure.js";
export { Meter } from "./measure/meter.js";
export type { MeterOptions } from "./measure/meter-options.js";
export type { CompressionFound, DedupFound, MeasureReport } from "./measure/report.js";
export { ObjectGen } from "./object-gen.js";
export { deriveObjectSeed } from "./object-seed.js";
export {
  createRecipe,
  DEFAULT_BLOCK_BYTES,
  MAX_BLOCK_BYTES,
  MIN_BLOCK_BYTES,
  type Placement,
  RECIPE_VERSION,
  RECIPE_VERSION_2,
  type Recipe,
  type RecipeOptions,
  type RecipeScope,
  type RecipeV1,
  type RecipeV2,
} from "./recipe.js";
export { type RecipeJson, recipeFromJson, recipeToJson } from "./recipe-json.js";
export { SAMPLE_BYTES, type SampleRange, sampleRanges } from "./sample-ranges.js";
export { MAX_SEED } from "./seed.js";
export type { GenerateOptions } from "./sequential-generation.js";
export { StreamingDataWriter } from "./streaming-data-writer.js";
export { type VerifyOptions, type VerifyReport, verifyObject } from "./verify-object.js";
