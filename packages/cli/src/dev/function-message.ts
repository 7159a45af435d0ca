import type { DeliveryEvent } from "@alienplatform/bindings";

/** What a function's process says to dev. */
export type FunctionMessage =
  | { readonly type: "ready" }
  | ({ readonly type: "delivery" } & DeliveryEvent);

/** Whether a message of a child process is one of ours: user code may send others. */
export function isFunctionMessage(message: unknown): message is FunctionMessage {
  return (
    typeof message === "object" &&
    message !== null &&
    "type" in message &&
    (message.type === "ready" || message.type === "delivery")
  );
}
