import type { Line } from "./line.ts";
import type { Setting } from "./setting.ts";

/** One group of figures; --only takes its name. */
export interface Case {
  readonly name: string;
  /** Runs only where --peers was given. */
  readonly peer?: boolean;
  run(setting: Setting): AsyncIterable<Line>;
}
