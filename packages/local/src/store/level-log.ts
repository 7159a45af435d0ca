import { readFile } from "node:fs/promises";
import { join } from "node:path";

/** "2026/11/21-23:43:51.114097 7f388f7fe6c0 (ignoring error) 000003.log: dropping 15608 bytes; Corruption: checksum mismatch" */
const LINE = /^(\d{4})\/(\d\d)\/(\d\d)-(\d\d):(\d\d):(\d\d)\.(\d{3})\d* \S+ (.*)$/;

/**
 * What LevelDB wrote into its own log since `since` about records that it left out. It opens such a store
 * without an error; this text is all that tells. A torn end of its journal, as a crash leaves it, is no such record.
 */
export async function droppedRecords(store: string, since: number): Promise<readonly string[]> {
  const dropped: string[] = [];
  // A process that finds the store locked renames LOG to LOG.old before it finds out.
  for (const name of ["LOG.old", "LOG"]) {
    const text = await readFile(join(store, name), "utf8").catch((error) => {
      if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
      throw error;
    });
    for (const line of text.split("\n")) {
      const match = LINE.exec(line);
      if (match === null) continue;
      const [year = 0, month = 0, day = 0, hour, minute, second, ms] = match
        .slice(1, 8)
        .map(Number);
      const at = new Date(year, month - 1, day, hour, minute, second, ms).getTime();
      const what = match[8] ?? "";
      if (at >= since && /dropping \d+ bytes|Corruption/.test(what)) dropped.push(what);
    }
  }
  return dropped;
}
