/*
 * One statement for each verb: SQLite carries out one at a time, and each says by the rows that it returns whether its
 * condition held. All parameters are texts, which is what the HTTP API takes: "" stands for none.
 */

const NOW = (parameter: string) => `CAST(${parameter} AS INTEGER)`;
const NOT_OVER = (now: string) => `(expires IS NULL OR expires > ${NOW(now)})`;
const EXPIRES = (parameter: string) => `CAST(NULLIF(${parameter}, '') AS INTEGER)`;

/** Part, sort, now. */
export const GET = `SELECT part, sort, value, version, expires FROM items
  WHERE part = ?1 AND sort = ?2 AND ${NOT_OVER("?3")}`;

/** Part, sort, value, version, expires, now. */
export const INSERT = `INSERT INTO items (part, sort, value, version, expires)
  VALUES (?1, ?2, ?3, ?4, ${EXPIRES("?5")})
  ON CONFLICT (part, sort) DO UPDATE
  SET value = excluded.value, version = excluded.version, expires = excluded.expires
  WHERE items.expires <= ${NOW("?6")} RETURNING version`;

/** Part, sort, value, version, expires, now, the version that is replaced. */
export const REPLACE = `UPDATE items
  SET value = ?3, version = ?4, expires = ${EXPIRES("?5")}
  WHERE part = ?1 AND sort = ?2 AND version = ?7 AND ${NOT_OVER("?6")} RETURNING version`;

/** Part, sort, version, now. */
export const DELETE = `DELETE FROM items
  WHERE part = ?1 AND sort = ?2 AND version = ?3 AND ${NOT_OVER("?4")} RETURNING version`;

/** Part, the sort key to go on after or "", now, limit. */
export const LIST = `SELECT part, sort, value, version, expires FROM items
  WHERE part = ?1 AND sort > ?2 AND ${NOT_OVER("?3")}
  ORDER BY sort LIMIT CAST(?4 AS INTEGER)`;

/** A time, a limit. */
export const SWEEP = `DELETE FROM items WHERE (part, sort) IN (
    SELECT part, sort FROM items WHERE expires <= ${NOW("?1")} LIMIT CAST(?2 AS INTEGER))`;
