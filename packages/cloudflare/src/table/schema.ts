/**
 * What deploy runs in a database, by what it makes there. The rows are in the order of their key, and those that will be
 * over are found without looking at the others. Deploy tells by the names what is missing: what is another table gets
 * another name.
 */
export const SCHEMA = {
  items: `CREATE TABLE IF NOT EXISTS items (
     part TEXT NOT NULL, sort TEXT NOT NULL,
     value TEXT NOT NULL, version TEXT NOT NULL, expires INTEGER,
     PRIMARY KEY (part, sort)
   ) WITHOUT ROWID`,
  items_expires:
    "CREATE INDEX IF NOT EXISTS items_expires ON items (expires) WHERE expires IS NOT NULL",
} as const;
