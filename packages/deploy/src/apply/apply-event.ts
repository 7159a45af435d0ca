import type { AlienError } from "@alienplatform/core";
import type { Step } from "../plan/plan.ts";
import type { StateLock } from "../state/state.ts";

/** What happens while a plan is applied, for whoever shows it. */
export type ApplyEvent =
  /** Somebody else's lock, which looks left behind, is watched so long at most; where it stays as it is, it is taken. */
  | { readonly kind: "watching"; readonly lock: StateLock; readonly forMs: number }
  | { readonly kind: "locked"; readonly fence: number }
  | { readonly kind: "started"; readonly step: Step }
  /** A passing failure; the step is tried again after the delay. */
  | {
      readonly kind: "waiting";
      readonly step: Step;
      readonly error: AlienError;
      readonly delayMs: number;
    }
  | { readonly kind: "done"; readonly step: Step; readonly tookMs: number }
  | {
      readonly kind: "failed";
      readonly step: Step;
      readonly error: AlienError;
      readonly tookMs: number;
    }
  /** Begun, and ended before it was done, because all is stopped. */
  | { readonly kind: "interrupted"; readonly step: Step; readonly tookMs: number }
  /** Not begun, because a step that it needs failed. */
  | { readonly kind: "held"; readonly step: Step; readonly behind: string };
