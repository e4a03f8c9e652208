import { test } from "vitest";
import { describeOnServers } from "../../scripts/servers/index.ts";
import { oddKeysOnService } from "../src/kinds/odd-keys.js";
import { serviceAnswers } from "../src/kinds/service-answers.js";
import { s3Service } from "../src/service/s3-service.js";
import { expectNoneWrong } from "./run-small.js";

describeOnServers("a small campaign of a fixed seed finds nothing wrong", (server) => {
  const start = () => s3Service({ server, stop: async () => undefined });

  test("in mutated answers", () => expectNoneWrong(serviceAnswers(`s3-${server.name}`, start), 60));

  // versitygw's keys are paths.
  if (server.name !== "versitygw" && server.name !== "seaweedfs") {
    test("in odd keys", () => expectNoneWrong(oddKeysOnService(`keys-${server.name}`, start), 10));
  }
});
