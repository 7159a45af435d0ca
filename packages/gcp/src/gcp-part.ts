import type { Part } from "@alienplatform/deploy";
import type { LoweredConfigs, PartConfigs } from "./part-configs.ts";

/** A part of this platform: its type says what its config is. */
export type GcpPart = { [Type in keyof PartConfigs]: TypedPart<Type> }[keyof PartConfigs];

/** One of one type. */
export interface TypedPart<Type extends keyof PartConfigs> extends Part {
  readonly type: Type;
  readonly config: LoweredConfigs[Type];
}
