import type { ConformanceCase } from "../case.ts";
import { batches } from "./batches.ts";
import { deadLetters } from "./dead-letters.ts";
import { groups } from "./groups.ts";
import { handling } from "./handling.ts";
import { operating } from "./operating.ts";
import { receipts } from "./receipts.ts";
import { receiving } from "./receiving.ts";
import { sendOptions } from "./send-options.ts";
import { sending } from "./sending.ts";
import { settling } from "./settling.ts";

/** Every case, by the part of the contract it comes from. */
export const conformanceCases: Readonly<Record<string, readonly ConformanceCase[]>> = {
  sending,
  batches,
  "send options": sendOptions,
  receiving,
  settling,
  receipts,
  handling,
  "dead letters": deadLetters,
  operating,
  groups,
};
