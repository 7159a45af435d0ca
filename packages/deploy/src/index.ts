export {
  type BundleFunctionOptions,
  bundleFunction,
  type FunctionBundle,
} from "./bundle-function.ts";
export type { SourceLocation } from "./code-frame.ts";
export type { EvaluateOptions as LoadOptions } from "./evaluate.ts";
export type { QueueSchema } from "./evaluation.ts";
export { findStackFile } from "./find-stack-file.ts";
export { functionEntry } from "./function-entry.ts";
export { type LoadedStack, loadStack } from "./load-stack.ts";
export { nodeArguments } from "./node-arguments.ts";
