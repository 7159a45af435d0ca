import type { Attempt, Failure } from "@alienplatform/bindings";
import { bounded, decodeKept } from "../history.ts";
import { recordMeta } from "../record.ts";

/** A message's deliveries so far that did not succeed, oldest first, and how the last one failed. */
export function attemptsOf(
  bytes: Buffer,
  at: number,
  kept: Buffer | undefined,
): { readonly attempts: readonly Attempt[]; readonly lastError?: Failure } {
  const { earlier = [] } = recordMeta(bytes, at);
  const known = decodeKept(kept);
  const history = known?.history ?? [];
  return {
    attempts: earlier.length === 0 ? history : bounded([...earlier, ...history]),
    ...(known !== undefined && { lastError: known.error }),
  };
}
