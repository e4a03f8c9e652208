import { expect, test } from "vitest";
import { describeOnAzure } from "../index.ts";

describeOnAzure(
  "the account",
  ({ connectionString }) => {
    test("answers as Azure Blob does", async () => {
      const endpoint = /BlobEndpoint=([^;]+)/.exec(connectionString)?.[1];
      const response = await fetch(`${endpoint}/none?restype=container`);
      expect(response.headers.get("server")).toContain("Blob");
      await response.arrayBuffer();
    });
  },
  { only: ["azurite"] },
);
