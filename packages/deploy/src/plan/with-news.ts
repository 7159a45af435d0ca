import { isDeepStrictEqual } from "node:util";
import type { Thing } from "../state/things.ts";
import type { Step } from "./plan.ts";

/** The step with what was read, only where the state has it otherwise: most plans need not carry it. */
export function withNews<Some extends Pick<Step, "read">>(
  step: Some,
  known: Thing | undefined,
): Some {
  const { read, ...rest } = step;
  if (read === undefined || !isDeepStrictEqual(read, known?.remote)) return step;
  // Without an optional field it is what it was.
  return rest as Some;
}
