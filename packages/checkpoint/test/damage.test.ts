import { describe } from "vitest";
import { damageSuite } from "./damage-suite.js";
import { HARNESSES } from "./stores.js";

describe.each(HARNESSES)("on $name", damageSuite);
