import { defaultRegistry } from "@sluice/core";
import { fsBackend } from "./plugin.js";

// Importing this entry twice, or from two copies of the package, is no error: `file:` is served either way.
if (!defaultRegistry().has("file")) defaultRegistry().register(fsBackend());
