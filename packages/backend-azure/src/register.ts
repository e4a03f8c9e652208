import { defaultRegistry } from "@sluice/core";
import { azureBackend } from "./plugin.js";

// Importing this entry twice, or from two copies of the package, is no error: `az:` is served either way.
if (!defaultRegistry().has("az")) defaultRegistry().register(azureBackend());
