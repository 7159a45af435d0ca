import type { ConformanceCase } from "../case.ts";
import { activity } from "./activity.ts";
import { attempts } from "./attempts.ts";
import { batches } from "./batches.ts";
import { concurrency } from "./concurrency.ts";
import { deadLetterQueues } from "./dead-letter-queues.ts";
import { deadLetters } from "./dead-letters.ts";
import { groups } from "./groups.ts";
import { handling } from "./handling.ts";
import { inspecting } from "./inspecting.ts";
import { jobWaits } from "./job-waits.ts";
import { jobs } from "./jobs.ts";
import { keeping } from "./keeping.ts";
import { longest } from "./longest.ts";
import { operating } from "./operating.ts";
import { pausing } from "./pausing.ts";
import { receipts } from "./receipts.ts";
import { receiving } from "./receiving.ts";
import { refusals } from "./refusals.ts";
import { retries } from "./retries.ts";
import { sendOptions } from "./send-options.ts";
import { sending } from "./sending.ts";
import { settling } from "./settling.ts";
import { triage } from "./triage.ts";
import { twoQueues } from "./two-queues.ts";

/** Every case, by the part of the contract it comes from. */
export const conformanceCases: Readonly<Record<string, readonly ConformanceCase[]>> = {
  sending,
  batches,
  "send options": sendOptions,
  "options at their limits": longest,
  receiving,
  settling,
  receipts,
  handling,
  retries,
  attempts,
  "dead letters": deadLetters,
  triage,
  "dead-letter queues": deadLetterQueues,
  operating,
  "looking inside": [...inspecting, ...activity],
  pausing,
  keeping,
  jobs: [...jobs, ...jobWaits],
  "two queues": twoQueues,
  groups,
  concurrency,
  "what is refused where": refusals,
};
