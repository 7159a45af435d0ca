export type { HttpApiOptions } from "./api-options.ts";
export type { ServedFile, ServedFiles } from "./console-files.ts";
export { type FunctionApiOptions, functionApi } from "./function-api.ts";
export { type HttpApi, httpApi } from "./http-api.ts";
export type { Problem } from "./problem/problem.ts";
export { LOOPBACK_HOSTS } from "./security/host.ts";
export type { AdvancedClock, Binder, ServedClient, ServedQueues } from "./served-queues.ts";
