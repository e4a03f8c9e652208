import { defaultRegistry } from "@sluice/core";
import { s3Backend } from "./plugin.js";

// Importing this entry twice, or from two copies of the package, is no error: `s3:` is served either way.
if (!defaultRegistry().has("s3")) defaultRegistry().register(s3Backend());
