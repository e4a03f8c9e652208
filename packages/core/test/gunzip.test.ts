import { test } from "vitest";
import { gunzipCases } from "./gunzip-cases.js";

test.each(gunzipCases)("$name", { timeout: 120_000 }, ({ run }) => run());
