import { test } from "vitest";
import { describeOnAzure } from "../../scripts/servers/index.ts";
import { oddKeysOnService } from "../src/kinds/odd-keys.js";
import { serviceAnswers } from "../src/kinds/service-answers.js";
import { azureService } from "../src/service/azure-service.js";
import { expectNoneWrong } from "./run-small.js";

describeOnAzure("a small campaign of a fixed seed finds nothing wrong", (server) => {
  const start = () => azureService({ server, stop: async () => undefined });

  test("in mutated answers", () => expectNoneWrong(serviceAnswers("azure", start), 60));

  test("in odd keys", () => expectNoneWrong(oddKeysOnService("keys-azure", start), 10));
});
