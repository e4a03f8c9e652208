import { type CompressionOptions, isObjectStoreError, parseChecksum } from "@sluice/core";
import { DatasetPlan, datasetSpecFromJson, datasetSpecToJson, type Recipe, recipeFromJson } from "@sluice/datagen";
import { CommandError } from "./command-error.js";
import {
  DATASET_FORMAT,
  DATASET_VERSION,
  type Dataset,
  type DatasetObject,
  type DatasetTotals,
  MAX_OBJECTS,
  objectRecipe,
  STRUCTURED_VERSION,
  type StructuredDataset,
  totalsOf,
} from "./dataset.js";
import { extensionOf } from "./dataset-content.js";

/** A dataset as read from a manifest of any version. */
export interface ParsedDataset {
  readonly dataset: Dataset | StructuredDataset;
  /** In the order of their indexes, made as they are asked for. */
  objects(): Iterable<ExpectedObject>;
}

/** What an object has to be. */
export interface ExpectedObject {
  readonly index: number;
  /** As it is stored, relative to the manifest. */
  readonly key: string;
  readonly recipe: Recipe;
  /** Of the content, where the manifest tells it. */
  readonly checksum?: string;
  /** In bytes, where the manifest tells it. */
  readonly storedSize?: number;
}

type Fields = Readonly<Record<string, unknown>>;

/**
 * The dataset in a manifest's text, every field of it checked. BadData names the field that is wrong; Usage for a version
 * of the manifest that this command does not know, Unsupported for one of the recipe.
 */
export function parseDataset(text: string, uri: string): ParsedDataset {
  try {
    return checkDataset(JSON.parse(text));
  } catch (error) {
    if (error instanceof CommandError && error.code === "Usage") throw error;
    if (isObjectStoreError(error, "Unsupported")) throw error;
    throw new CommandError("BadData", `${uri} is no dataset, or damaged: ${(error as Error).message}`, uri);
  }
}

function checkDataset(json: unknown): ParsedDataset {
  const fields = asFields(json, "the document");
  check(fields["format"] === DATASET_FORMAT, `format is not "${DATASET_FORMAT}"`);
  const { version } = fields;
  if (version === STRUCTURED_VERSION) return checkStructured(fields);
  if (version !== DATASET_VERSION && Number.isSafeInteger(version)) {
    const known = `${DATASET_VERSION}, ${STRUCTURED_VERSION}`;
    throw new CommandError("Usage", `dataset version ${version} is unknown here (known: ${known})`);
  }
  check(version === DATASET_VERSION, "version is no number");
  const { count, ...recipeFields } = asFields(fields["recipe"], "recipe");
  const recipe = recipeFromJson(recipeFields);
  const { objects } = fields;
  check(Array.isArray(objects) && objects.length <= MAX_OBJECTS, `objects is no list of at most ${MAX_OBJECTS}`);
  check(objects.length > 0, "objects is empty, and a dataset has at least one");
  check(count === objects.length, `recipe.count is ${String(count)}, but there are ${objects.length} objects`);
  const checked = objects.map((object, index) => checkObject(object, index, recipe));
  check(new Set(checked.map(({ key }) => key)).size === checked.length, "two objects have one key");
  const totals = totalsOf(checked);
  const claimed = asFields(fields["totals"], "totals");
  for (const [name, value] of Object.entries(totals)) check(claimed[name] === value, `totals.${name} is not ${value}`);
  return {
    *objects() {
      for (const { index, key, checksum, storedSize } of checked) {
        yield { index, key, checksum, storedSize, recipe: objectRecipe(recipe, index) };
      }
    },
    dataset: {
      format: DATASET_FORMAT,
      version: DATASET_VERSION,
      recipe: { ...recipe, seed: recipe.seed.toString(), count: checked.length },
      compression: checkCompression(fields["compression"]),
      totals,
      objects: checked,
    },
  };
}

function checkStructured(fields: Fields): ParsedDataset {
  const plan = new DatasetPlan(datasetSpecFromJson(asFields(fields["spec"], "spec")));
  const compression = checkCompression(fields["compression"]);
  const extension = extensionOf(compression);
  const { storedBytes } = asFields(fields["totals"], "totals");
  check(Number.isSafeInteger(storedBytes) && (storedBytes as number) >= 0, "totals.storedBytes is no size");
  const totals: DatasetTotals = { objects: plan.count, bytes: plan.bytes, storedBytes: storedBytes as number };
  const claimed = asFields(fields["totals"], "totals");
  for (const [name, value] of Object.entries(totals)) check(claimed[name] === value, `totals.${name} is not ${value}`);
  return {
    *objects() {
      for (const { index, key, recipe } of plan.objects()) yield { index, key: key + extension, recipe };
    },
    dataset: {
      format: DATASET_FORMAT,
      version: STRUCTURED_VERSION,
      spec: datasetSpecToJson(plan.spec),
      compression,
      totals,
    },
  };
}

function checkObject(json: unknown, index: number, recipe: Recipe): DatasetObject {
  const name = `objects[${index}]`;
  const fields = asFields(json, name);
  const { key, seed, size, storedSize, checksum, storedChecksum } = fields;
  check(typeof key === "string" && key !== "", `${name}.key is no key`);
  check(fields["index"] === index, `${name}.index is not ${index}`);
  const expectedSeed = objectRecipe(recipe, index).seed.toString();
  check(seed === expectedSeed, `${name}.seed is not ${expectedSeed}`);
  check(size === recipe.size, `${name}.size is not ${recipe.size}`);
  check(Number.isSafeInteger(storedSize) && (storedSize as number) >= 0, `${name}.storedSize is no size`);
  parseChecksum(checksum, `${name}.checksum`);
  parseChecksum(storedChecksum, `${name}.storedChecksum`);
  return {
    key,
    index,
    seed: expectedSeed,
    size: recipe.size,
    storedSize: storedSize as number,
    checksum: checksum as string,
    storedChecksum: storedChecksum as string,
  };
}

function checkCompression(json: unknown): CompressionOptions | "none" {
  if (json === "none") return json;
  const { codec, level } = asFields(json, "compression");
  check(codec === "zstd" || codec === "gzip", "compression.codec is neither zstd nor gzip");
  check(Number.isSafeInteger(level), "compression.level is no level");
  return { codec, level: level as number };
}

function asFields(json: unknown, name: string): Fields {
  check(typeof json === "object" && json !== null && !Array.isArray(json), `${name} is no JSON object`);
  return json as Fields;
}

function check(isGood: boolean, problem: string): asserts isGood {
  if (!isGood) throw new CommandError("BadData", problem);
}
