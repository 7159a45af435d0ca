import { AlienError, type StackData } from "@alienplatform/core";
import type { Refusal } from "./refusals.ts";

/** One error for all that platforms cannot do of a stack, so that it is corrected in one go. At least one. */
export function unsupported(
  { name }: Pick<StackData, "name">,
  refused: readonly Refusal[],
): AlienError {
  const details = { refusals: refused };
  const [first, ...others] = refused;
  if (first !== undefined && others.length === 0) {
    return new AlienError("UNSUPPORTED", line(first), { fix: first.fix, details });
  }
  const lines = refused.map((one) => `\n  - ${line(one)}\n    ${one.fix}`);
  const text = `stack "${name}" asks ${refused.length} things of its platforms that they cannot do:${lines.join("")}`;
  return new AlienError("UNSUPPORTED", text, {
    fix: `Correct all ${refused.length}, or leave the platform out.`,
    details,
  });
}

function line({ platform, problem }: Refusal): string {
  return `${platform}: ${problem}`;
}
