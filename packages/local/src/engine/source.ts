/** Where the record of a leased message is. */
export interface Source {
  readonly bytes: Buffer;
  readonly at: number;
  /** Deliveries that count, before this one. */
  readonly attempts: number;
  /** What is kept of those that failed, see history.ts. */
  readonly kept: Buffer | undefined;
}
