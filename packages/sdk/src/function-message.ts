import type { DeliveryEvent, LogLine } from "@alienplatform/bindings";

/** What a function's process tells its parent. */
export type FunctionMessage =
  | { readonly type: "ready"; readonly queues: readonly string[]; readonly port?: number }
  | ({ readonly type: "delivery" } & DeliveryEvent)
  | ({ readonly type: "log" } & LogLine)
  | {
      readonly type: "error";
      /** An ErrorCode, or the name of what was thrown. */
      readonly code: string;
      readonly message: string;
      readonly fix?: string;
      readonly stack?: string;
      readonly queue?: string;
    };

let last: Promise<void> = Promise.resolve();

/** Tells the parent, where there is one; answers whether there is. */
export function tellParent(message: FunctionMessage): boolean {
  const { send } = process;
  if (send === undefined || !process.connected) return false;
  last = new Promise((resolve) => {
    Reflect.apply(send, process, [message, undefined, undefined, () => resolve()]);
  });
  return true;
}

/** Resolves when the parent has been sent everything: an exit before would cut off the end. */
export function allTold(): Promise<void> {
  return last;
}

/** An error as it travels between processes. */
export function errorMessage(error: unknown, queue?: string): FunctionMessage {
  const of = queue === undefined ? {} : { queue };
  if (!(error instanceof Error))
    return { type: "error", code: "Error", message: String(error), ...of };
  const { message, name, stack } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : name;
  const fix = "fix" in error && typeof error.fix === "string" ? { fix: error.fix } : {};
  return { type: "error", code, message, ...fix, ...(stack === undefined ? {} : { stack }), ...of };
}
