export type { DeadLetterPage } from "./dead-letters/bounded-page.ts";
export {
  type DeadLetterList,
  DeadLetters,
  type RedriveAllOptions,
} from "./dead-letters/dead-letters.ts";
export type { ImportOptions, ImportReport, RefusedLine } from "./dead-letters/import-lines.ts";
export { NoDeadLetters } from "./dead-letters/no-dead-letters.ts";
export type { DeadLetterSelection } from "./dead-letters/selection.ts";
export type { SweepOptions } from "./dead-letters/sweep.ts";
export { sweepPages } from "./dead-letters/sweep-pages.ts";
export {
  TakenDeadLetters,
  type TakenDeadLettersOptions,
} from "./dead-letters/taken-dead-letters.ts";
export { type KeptOperatorOptions, keptOperator } from "./kept/kept-operator.ts";
export type { PlatformOperate } from "./platform-operate.ts";
export type {
  Activity,
  ActivityEvent,
  ConsumerState,
  GroupState,
  InspectedMessage,
  InspectedPage,
  KeyState,
  MessageState,
  QueueInspector,
} from "./queue/inspector.ts";
export {
  type JobListOptions,
  Jobs,
  type JobWaitOptions,
  type KeptJob,
  type KeptJobsPage,
} from "./queue/jobs.ts";
export type {
  OpenOperator,
  OperatorOpener,
  QueueOperationsOptions,
} from "./queue/open-operator.ts";
export { type BindOptions, QueueOperations } from "./queue/operations.ts";
export type { PageOptions } from "./queue/page.ts";
export { PlainOperator, type PlainOperatorOptions } from "./queue/plain-operator.ts";
export type { PauseOptions } from "./queue/read-pause.ts";
