import type { ConsumerState } from "@alienplatform/bindings/operate";
import type { LeaseBook } from "../leases.ts";

/** Who takes, or has taken and not settled; the fullest first. */
export function consumers(
  leases: LeaseBook,
  waiting: ReadonlySet<string | undefined>,
  processOf: (session: string) => number | undefined,
): readonly ConsumerState[] {
  const inFlight = new Map<string | undefined, number>();
  for (const session of waiting) inFlight.set(session, 0);
  for (const { session, open } of leases.openLeases()) {
    inFlight.set(session, (inFlight.get(session) ?? 0) + open);
  }
  return [...inFlight]
    .map(([session, count]): ConsumerState => {
      const pid = session === undefined ? undefined : processOf(session);
      return {
        session: session ?? "",
        ...(pid !== undefined && { pid }),
        inFlight: count,
        waiting: waiting.has(session),
      };
    })
    .sort((a, b) => b.inFlight - a.inFlight || (a.session < b.session ? -1 : 1));
}
