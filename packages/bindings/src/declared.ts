export { declaredBinding } from "./declared/declared-binding.ts";
export { describedFunction, queuesOf } from "./declared/described-function.ts";
export { heldTo } from "./declared/held-to.ts";
export type {
  PlatformCapabilities,
  TriggerCapabilities,
} from "./declared/platform-capabilities.ts";
export { type Refusal, refusals } from "./declared/refusals.ts";
export { sharedNames } from "./declared/shared-names.ts";
export { unsupported } from "./declared/unsupported.ts";
