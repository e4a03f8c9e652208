export { fullBlocks, uniqueBlockOf, uniqueBlocks } from "./blocks.js";
export { type ChunkRange, DataGenerator, MAX_CHUNK_BYTES } from "./data-generator.js";
export type { DataTarget, StreamingDataWriterOptions } from "./data-writer-options.js";
export { MAX_FACTOR } from "./factor.js";
export { MAX_PIECE_BYTES } from "./kernel/kernel.js";
export { ObjectGen } from "./object-gen.js";
export { deriveObjectSeed } from "./object-seed.js";
export {
  createRecipe,
  DEFAULT_BLOCK_BYTES,
  MAX_BLOCK_BYTES,
  MIN_BLOCK_BYTES,
  RECIPE_VERSION,
  type Recipe,
  type RecipeOptions,
} from "./recipe.js";
export { type RecipeJson, recipeFromJson, recipeToJson } from "./recipe-json.js";
export { MAX_SEED } from "./seed.js";
export type { GenerateOptions } from "./sequential-generation.js";
export { StreamingDataWriter } from "./streaming-data-writer.js";
export { type VerifyOptions, type VerifyReport, verifyObject } from "./verify-object.js";
