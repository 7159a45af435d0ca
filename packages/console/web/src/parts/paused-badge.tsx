import type { Paused } from "../data/model.ts";
import { Badge } from "./badge.tsx";
import { Time } from "./time.tsx";

/** That no handler is called, why, and until when. */
export function PausedBadge({ paused }: { readonly paused: Paused }) {
  const { reason, until, whilePaused } = paused;
  return (
    <Badge
      tone="warn"
      title={whilePaused === "deadLetter" ? "What comes is dead-lettered" : reason}
    >
      Paused: {reason}
      {until === undefined ? undefined : (
        <>
          , resumes <Time at={until} />
        </>
      )}
    </Badge>
  );
}
