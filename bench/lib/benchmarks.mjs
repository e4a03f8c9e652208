import * as azureUpload from "../azure-upload.mjs";
import * as checkpoint from "../checkpoint.mjs";
import * as checksum from "../checksum.mjs";
import * as compression from "../compression.mjs";
import * as directioWrites from "../directio.mjs";
import * as directioReads from "../directio-reads.mjs";
import * as factors from "../factors.mjs";
import * as fsPipeline from "../fs-pipeline.mjs";
import * as generation from "../generation.mjs";
import * as s3Download from "../s3-download.mjs";
import * as s3Upload from "../s3-upload.mjs";
import * as smallFiles from "../small-files.mjs";
import * as workers from "../workers.mjs";

export const benchmarks = {
  checksum,
  generation,
  factors,
  workers,
  "fs-pipeline": fsPipeline,
  "small-files": smallFiles,
  directio: directioWrites,
  "directio-reads": directioReads,
  compression,
  "azure-upload": azureUpload,
  "s3-upload": s3Upload,
  "s3-download": s3Download,
  checkpoint,
};
