/** Sizes that a world of fifty steps never reaches; every second world has them small, so that it passes their bounds. */
export const small: Readonly<Record<string, string>> = {
  SEGMENT_MAX_BYTES: "512",
  SEGMENT_MAX_MESSAGES: "3",
  EAGER_MESSAGES: "4",
  EAGER_BYTES: "128",
  MOST_CLAIMS: "2",
  SPENT_LEASES: "4",
  SCAN_ROWS: "1",
  MOST_MESSAGES: "6",
  READ_ROWS: "4",
  ROWS: "2",
  KEYS: "2",
  LOOKED_AT: "3",
  LOOKED_AHEAD: "2",
  ENOUGH_READY: "2",
  ENOUGH_WAITING: "2",
  ENOUGH_LOOSE: "2",
  SLAB: "256",
  PART_BYTES: "100",
};

/** Of the other worlds, so that a connection costs no quarter of a megabyte. */
export const cheap: Readonly<Record<string, string>> = { SLAB: "8 * 1024" };
