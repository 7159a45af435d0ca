export type { ApplyEvent } from "./apply/apply-event.ts";
export { type ApplyOptions, type ApplyResult, applyPlan } from "./apply/apply-plan.ts";
export {
  type BundleFunctionOptions,
  bundleFunction,
  type FunctionBundle,
} from "./bundle-function.ts";
export { changed } from "./changed.ts";
export { frameOf, type SourceLocation } from "./code-frame.ts";
export { declaredAlone } from "./control/declared-alone.ts";
export {
  asOwner,
  marksMissing,
  OWNER,
  ownerUnlessRemembered,
  refuseOthers,
} from "./control/owner-marks.ts";
export { entryChanges, type Settings, settingChanges } from "./control/setting-changes.ts";
export { settle } from "./control/settle.ts";
export type { Change, Controller, Owner, PartContext, RemotePart } from "./controller.ts";
export {
  isGenerated,
  secretPartId,
  secretsOf,
  secretsOfStack,
} from "./declared-secrets.ts";
export { type Consumer, DeclaredStack } from "./declared-stack.ts";
export type {
  Artifact,
  Cloud,
  ConnectOptions,
  DeployPlatform,
  ExportedFile,
  Exporter,
  FunctionCode,
  Place,
} from "./deploy-platform.ts";
export type { EvaluateOptions as LoadOptions } from "./evaluate.ts";
export type { PayloadCheck, PayloadIssue, QueueSchema } from "./evaluation.ts";
export { uniqueNames } from "./export/unique-names.ts";
export { findStackFile } from "./find-stack-file.ts";
export { functionEntry } from "./function-entry.ts";
export type { FunctionTarget } from "./function-target.ts";
export {
  type CheckedHandlers,
  type CheckHandlersOptions,
  checkHandlers,
} from "./handlers/check-handlers.ts";
export { type LoadedStack, loadStack } from "./load-stack.ts";
export { nodeArguments } from "./node-arguments.ts";
export { type OtherProblem, together } from "./other-problems.ts";
export { type PackedFunction, type PackFunctionOptions, packFunction } from "./pack-function.ts";
export {
  hasUnknown,
  isUnknown,
  join,
  jsonText,
  type Lookup,
  ref,
  referencesOf,
  resolve,
} from "./part/expression.ts";
export { inSyntax, type TextSyntax } from "./part/in-syntax.ts";
export type { Json } from "./part/json.ts";
export { STATE_HELD } from "./part/loss.ts";
export type { Lowered, Part } from "./part/part.ts";
export { type NameRule, physicalName } from "./part/physical-name.ts";
export { showExpression } from "./part/show-expression.ts";
export { PayloadChecker, type PayloadCheckerOptions } from "./payload-checker.ts";
export { destroyPlan, type PlanInput, plan } from "./plan/make-plan.ts";
export { type ObserveOptions, observe } from "./plan/observe.ts";
export type { Plan, PlannedChange, PlanProblem, Step } from "./plan/plan.ts";
export type { PlanWarning } from "./plan/plan-warning.ts";
export { type Reads, rememberedReads } from "./plan/reads.ts";
export { type Drift, type RefreshOptions, refresh } from "./refresh.ts";
export type { LogLine, LogOptions, StageOperator } from "./stage-operator.ts";
export {
  type PartStatus,
  type ResourceStatus,
  type StageStatus,
  stageStatus,
} from "./stage-status.ts";
export { startBundler } from "./start-bundler.ts";
export { fileStateStore } from "./state/file-state-store.ts";
export { type ForgetPartOptions, forgetPart } from "./state/forget-part.ts";
export { MemoryStateStore } from "./state/memory-state-store.ts";
export { type ReadState, readState } from "./state/read-state.ts";
export type { PartState, State, StateLock } from "./state/state.ts";
export type { StateStore, StoredState } from "./state/state-store.ts";
export { unlock } from "./state/unlock.ts";
export { unpackArtifact } from "./unpack-artifact.ts";
