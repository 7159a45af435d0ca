/** Where time comes from. Everything that waits takes one; the test kit's is virtual. */
export interface Clock {
  /** Milliseconds since the epoch, wall clock: may be compared across processes and restarts. */
  now(): number;
  /** Calls `run` once after `delayMs`; the result cancels it. Never keeps a process alive by itself. */
  schedule(delayMs: number, run: () => void): () => void;
}
