import { describe } from "vitest";
import { incarnationsSuite } from "./incarnations-suite.js";
import { HARNESSES } from "./stores.js";

describe.each(HARNESSES)("on $name", incarnationsSuite);
