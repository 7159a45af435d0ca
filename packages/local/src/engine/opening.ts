import { AlienError } from "@alienplatform/core";
import { damaged } from "../store/damage.ts";
import type { Storage } from "../store/storage.ts";
import { storeRow } from "./keys.ts";

/** Of the whole key layout; raised when an older program could no longer read it. */
const FORMAT = 1;

/** Checks what kind of store this is, and takes it over: a new term fences the owner before. */
export async function takeOver(
  storage: Storage,
): Promise<{ readonly term: number; readonly commits: number }> {
  const [format, termRow, commitsRow] = await storage.getMany([
    storeRow.format,
    storeRow.term,
    storeRow.commits,
  ]);
  const known = await storage.watermark();
  const commits = commitsRow?.readDoubleBE(0) ?? 0;
  if (format === undefined && termRow !== undefined) throw damaged("its format is missing");
  if (format !== undefined && format.readUInt32BE(0) > FORMAT) {
    throw new AlienError(
      "STORAGE_VERSION",
      `the local store has format ${format.readUInt32BE(0)}; this version reads up to ${FORMAT}`,
      { fix: "Use the newer version of @alienplatform/local, or another data directory." },
    );
  }
  if (commits < known) throw await storage.shortened(commits);
  const term = (termRow?.readDoubleBE(0) ?? 0) + 1;
  const batch = storage.batch();
  const formatValue = Buffer.alloc(4);
  formatValue.writeUInt32BE(FORMAT);
  const termValue = Buffer.alloc(8);
  termValue.writeDoubleBE(term);
  batch.put(storeRow.format, formatValue);
  batch.put(storeRow.term, termValue);
  await batch.write({ sync: true });
  storage.mark(commits);
  return { term, commits };
}
