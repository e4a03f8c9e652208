import { abortedCallCases } from "./cases/aborted-calls.js";
import { abortingCases } from "./cases/aborting.js";
import { answerCases } from "./cases/answers.js";
import { checksumCases } from "./cases/checksums.js";
import { compressOptionCases } from "./cases/compress-options.js";
import { compressCases } from "./cases/compressing.js";
import { copyCases } from "./cases/copying.js";
import { createConditionCases } from "./cases/create-conditions.js";
import { damageCases, damagedRangeCases } from "./cases/damage.js";
import { decodeCases } from "./cases/decoding.js";
import { deleteCases } from "./cases/deleting.js";
import { errorCases } from "./cases/errors.js";
import { keptChecksumCases } from "./cases/kept-checksums.js";
import { keptKeyCases } from "./cases/kept-keys.js";
import { lendingCases } from "./cases/lending.js";
import { listOrderCases } from "./cases/list-order.js";
import { listPageCases } from "./cases/list-pages.js";
import { listingCases } from "./cases/listing.js";
import { manyRangeCases } from "./cases/many-ranges.js";
import { matchConditionCases } from "./cases/match-conditions.js";
import { memoryCases } from "./cases/memory.js";
import { optionCases } from "./cases/options.js";
import { putFailureCases } from "./cases/put-failures.js";
import { putSourceCases } from "./cases/put-sources.js";
import { rangeCases } from "./cases/ranges.js";
import { readConditionCases } from "./cases/read-conditions.js";
import { readingCases } from "./cases/reading.js";
import { refusedKeyCases } from "./cases/refused-keys.js";
import { renameCases } from "./cases/renaming.js";
import { roundTripCases } from "./cases/round-trip.js";
import { verifyCases } from "./cases/verifying.js";
import { versionCases } from "./cases/versions.js";
import { writerChunkCases } from "./cases/writer-chunks.js";
import { writerEndCases } from "./cases/writer-ends.js";
import { writerLeftoverCases } from "./cases/writer-leftovers.js";
import { writerLimitCases } from "./cases/writer-limits.js";
import { writerProducerCases } from "./cases/writer-producers.js";
import { writerStateCases } from "./cases/writer-states.js";
import { writerVisibilityCases } from "./cases/writer-visibility.js";
import type { ConformanceCase } from "./conformance-case.js";

/** Every promise of docs/contract.md as a case, in the order of the clauses. */
export const conformanceCases: readonly ConformanceCase[] = [
  ...roundTripCases,
  ...readingCases,
  ...versionCases,
  ...lendingCases,
  ...rangeCases,
  ...manyRangeCases,
  ...createConditionCases,
  ...matchConditionCases,
  ...readConditionCases,
  ...listingCases,
  ...listOrderCases,
  ...listPageCases,
  ...keptKeyCases,
  ...refusedKeyCases,
  ...writerStateCases,
  ...writerEndCases,
  ...writerVisibilityCases,
  ...writerLeftoverCases,
  ...writerChunkCases,
  ...writerLimitCases,
  ...writerProducerCases,
  ...putSourceCases,
  ...putFailureCases,
  ...copyCases,
  ...renameCases,
  ...deleteCases,
  ...checksumCases,
  ...verifyCases,
  ...keptChecksumCases,
  ...compressCases,
  ...decodeCases,
  ...damageCases,
  ...compressOptionCases,
  ...damagedRangeCases,
  ...abortedCallCases,
  ...abortingCases,
  ...optionCases,
  ...errorCases,
  ...memoryCases,
  ...answerCases,
];
