import { describe } from "vitest";
import { incarnationsSuite } from "./incarnations-suite.js";
import { HARNESSES } from "./stores.js";

describe.each(HARNESSES.filter(({ name }) => name !== "memory without conditions"))("on $name", incarnationsSuite);
