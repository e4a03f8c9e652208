export { conformanceCases } from "./all-cases.js";
export type {
  ConformanceCase,
  ConformanceContext,
  ConformanceNeed,
  HarnessHook,
  SwitchCapability,
} from "./conformance-case.js";
export { countingDriver, type DriverCounts } from "./counting-driver.js";
export type { Answer, AnswerChange, AnswerDecision } from "./fault-proxy/answer.js";
export type {
  Burst503Fault,
  CutFault,
  DelayFault,
  Fault,
  FaultRange,
  FaultSide,
  FlipFault,
  PlannedFault,
  ResetFault,
  StallFault,
} from "./fault-proxy/fault.js";
export type { FaultDecision, FaultPlan } from "./fault-proxy/fault-plan.js";
export type { FaultLogEntry, ProxiedRequest, RequestFilter, RequestHead } from "./fault-proxy/records.js";
export {
  type FaultProxy,
  type FaultProxyOptions,
  type NextFaultOptions,
  startFaultProxy,
} from "./fault-proxy/start.js";
export type { ConformanceHarness, Corruption } from "./harness.js";
export { type HostileStore, startHostileStore } from "./hostile-store.js";
export { type LocalHarnessOptions, localHarness } from "./local-harness.js";
export type { PlannedCase } from "./plan.js";
export { SeededRandom } from "./random.js";
export { runConformanceCase } from "./run-case.js";
export {
  type ConformanceCounts,
  type ConformanceRunner,
  planConformance,
  runConformance,
} from "./run-conformance.js";
