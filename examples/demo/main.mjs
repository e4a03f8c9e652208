// The main job on a temporary folder: generate, verify, damage and notice, compress, read a range back.
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { openFsStore } from "@sluice/backend-fs";
import { main as sluice } from "@sluice/cli";
import { createRecipe, DataGenerator, StreamingDataWriter } from "@sluice/datagen";
