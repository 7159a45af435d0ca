/**
 * What a stage keeps beside its queues: one on-demand table of a cloud, of small items that are written one by one and
 * under a condition. A table translates calls and answers; it never retries and never logs. What it throws is an
 * AlienError that says whether it may pass.
 */
export interface StateTable {
  /** Undefined where there is none, or its time is over. Sees every write that was answered before it was asked. */
  get(key: TableKey, signal?: AbortSignal): Promise<TableItem | undefined>;
  /**
   * Writes the item where what is there is of this version; undefined means that nothing is there, or that its time is
   * over: what is over is of no version. Answers the version that it has now; undefined where the condition does not
   * hold, and nothing is written.
   */
  put(
    item: Omit<TableItem, "version">,
    version: string | undefined,
    signal?: AbortSignal,
  ): Promise<string | undefined>;
  /** Removes it where it is of this version; false where it is not, or is gone, or over. */
  delete(key: TableKey, version: string, signal?: AbortSignal): Promise<boolean>;
  /**
   * One partition by its sort keys, in the order of their characters, without what is over. Fewer than `limit` says
   * that these are the last ones. Sees every write that was answered before it was asked.
   */
  list(partition: string, page: TablePage, signal?: AbortSignal): Promise<readonly TableItem[]>;
  /** Connections are given back; repeating it is fine. */
  close(): Promise<void>;
}

/** Both parts are 1 to 200 printable characters of ASCII. */
export interface TableKey {
  /** What is listed together, and the unit that a service spreads: many small ones are better than few large ones. */
  readonly partition: string;
  readonly sort: string;
}

export interface TableItem extends TableKey {
  /** Text of at most 256 KiB in UTF-8. */
  readonly value: string;
  /** Opaque. No two writes of one key give the same one, also not after a deletion. */
  readonly version: string;
  /**
   * Milliseconds since the epoch, from when it counts as not there, by the clock of whoever reads; undefined keeps it. The
   * service removes it some time later.
   */
  readonly expiresAt?: number;
}

export interface TablePage {
  /** 1 to 500. */
  readonly limit: number;
  /** The sort key to go on after; it need not be there any more. */
  readonly after?: string;
}
