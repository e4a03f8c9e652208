import { startAzurite, startCeph, startSwift, startVersitygw } from "../../../scripts/servers/start.mjs";
import type { Kind } from "../kind.js";
import { azureService } from "../service/azure-service.js";
import { s3Service } from "../service/s3-service.js";
import { checkpointDocuments } from "./checkpoint-documents.js";
import { datasetDocuments } from "./dataset-documents.js";
import { oddFiles } from "./odd-files.js";
import { oddKeysHere, oddKeysOnService } from "./odd-keys.js";
import { safetensorsHeaders } from "./safetensors-headers.js";
import { serviceAnswers } from "./service-answers.js";
import { storedFrames } from "./stored-frames.js";

/** Every kind of mutated input; those of services start their servers when they are opened. */
export function campaignKinds(): readonly Kind[] {
  const ceph = async () => s3Service(await startCeph());
  const swift = async () => s3Service(await startSwift());
  const versitygw = async () => s3Service(await startVersitygw());
  const azurite = async () => azureService(await startAzurite());
  return [
    serviceAnswers("s3-ceph", ceph),
    serviceAnswers("s3-swift", swift),
    serviceAnswers("s3-versitygw", versitygw),
    serviceAnswers("azure", azurite),
    storedFrames("zstd"),
    storedFrames("gzip"),
    checkpointDocuments(),
    datasetDocuments(),
    safetensorsHeaders(),
    oddFiles(),
    oddKeysHere("file"),
    oddKeysHere("memory"),
    oddKeysOnService("keys-ceph", ceph),
    oddKeysOnService("keys-azure", azurite),
  ];
}
