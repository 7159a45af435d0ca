import type { DeliveryEvent, LogLine } from "@alienplatform/bindings";

/** What a function's process tells its parent. */
export type FunctionMessage =
  | { readonly type: "ready"; readonly queues: readonly string[]; readonly port?: number }
  /** It listens there next: whoever keeps the port for it has to let go. */
  | { readonly type: "listen"; readonly port: number }
  /** It was told to end: it takes no more messages and no more connections. */
  | { readonly type: "draining" }
  | ({ readonly type: "delivery" } & DeliveryEvent)
  | ({ readonly type: "log" } & LogLine)
  | ErrorMessage;

interface ErrorMessage {
  readonly type: "error";
  /** An ErrorCode, or the name of what was thrown. */
  readonly code: string;
  readonly message: string;
  readonly fix?: string;
  readonly stack?: string;
  readonly queue?: string;
  /** Its code is an ErrorCode. */
  readonly ours?: true;
}

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
export function errorMessage(error: unknown, queue?: string): ErrorMessage {
  const of = queue === undefined ? {} : { queue };
  if (!(error instanceof Error))
    return { type: "error", code: "Error", message: String(error), ...of };
  const { message, name, stack } = error;
  const code = "code" in error && typeof error.code === "string" ? error.code : name;
  const fix = "fix" in error && typeof error.fix === "string" ? { fix: error.fix } : {};
  return {
    type: "error",
    code,
    message,
    ...fix,
    ...(stack === undefined ? {} : { stack }),
    ...(name === "AlienError" ? { ours: true as const } : {}),
    ...of,
  };
}
