import type { FrameCursor } from "./frame.ts";

/** A request that has no answer yet: its bytes, to be sent again, and who waits for it. */
export interface Pending {
  readonly operation: number;
  readonly frame: Buffer;
  /** Answered when something happens, if ever. */
  readonly watching: boolean;
  /** Of a take: when its wait is over, by the link's own clock. */
  readonly waitEndsAt: number;
  /** The link's count of looks when it was asked. */
  readonly askedAt: number;
  /** Reads the answer and gives it to whoever waits. */
  readonly answer: (cursor: FrameCursor) => void;
  readonly fail: (error: Error) => void;
  /** Nobody waits any more; a take among these gives back what it still brings. */
  abandoned: boolean;
  /** The parts of a long reply that have come. */
  parts: Buffer[] | undefined;
}
