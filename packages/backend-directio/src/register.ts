import { defaultRegistry } from "@sluice/core";
import { directioBackend } from "./plugin.js";

// Importing this entry twice, or from two copies of the package, is no error: `direct:` is served either way.
if (!defaultRegistry().has("direct")) defaultRegistry().register(directioBackend());
