import { AlienError } from "@alienplatform/core";
import { type Change, changed } from "@alienplatform/deploy";
import type { FunctionConfiguration } from "@aws-sdk/client-lambda";

/**
 * Where Lambda is with a function: "ready", still at it, or why it could not be made or changed.
 * https://docs.aws.amazon.com/lambda/latest/dg/functions-states.html
 */
export type FunctionState = "ready" | "pending" | `failed: ${string}` | `update failed: ${string}`;

/** An idle function is "Inactive", and wakes by itself. */
export function stateOf({
  State,
  StateReason,
  LastUpdateStatus,
  LastUpdateStatusReason,
}: FunctionConfiguration): FunctionState {
  if (State === "Failed") return `failed: ${StateReason ?? "Lambda does not say why"}`;
  if (State === "Pending" || LastUpdateStatus === "InProgress") return "pending";
  if (LastUpdateStatus === "Failed") {
    return `update failed: ${LastUpdateStatusReason ?? "Lambda does not say why"}`;
  }
  return "ready";
}

/**
 * What has to be done about it: change it once more, or make another one. What Lambda is still at is no difference: it ends
 * by itself, and `update` waits for it.
 */
export function stateChanges(state: FunctionState): readonly Change[] {
  if (state === "ready" || state === "pending") return [];
  if (state.startsWith("failed")) {
    return changed(
      "state",
      state,
      "ready",
      "Lambda cannot repair a function that it failed to make",
    );
  }
  return changed("lastUpdate", state, "ready");
}

/** The error of a function that is not ready and will not be so by waiting. */
export function stateRefusal(name: string, state: FunctionState): AlienError {
  return new AlienError("PLATFORM_REFUSED", `the function ${name} is not ready; ${state}`, {
    fix: "Mend what Lambda says, then deploy again: it takes up from here.",
    details: { service: "Lambda" },
  });
}
