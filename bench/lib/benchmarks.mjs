import * as checksum from "../checksum.mjs";
import * as compression from "../compression.mjs";
import * as directioWrites from "../directio.mjs";
import * as directioReads from "../directio-reads.mjs";
import * as fsPipeline from "../fs-pipeline.mjs";
import * as generation from "../generation.mjs";

export const benchmarks = {
  checksum,
  generation,
  "fs-pipeline": fsPipeline,
  directio: directioWrites,
  "directio-reads": directioReads,
  compression,
};
