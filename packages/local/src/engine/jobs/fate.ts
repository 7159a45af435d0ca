/** As what a message in a segment was done with. */
export const fate = {
  succeeded: 0,
  /** It is somewhere else: in a row of its own, or among the dead letters. */
  moved: 1,
  /** Kept too long without being received. */
  expired: 2,
  cancelled: 3,
} as const;
export type Fate = (typeof fate)[keyof typeof fate];
