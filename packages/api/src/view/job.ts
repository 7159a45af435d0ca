import { JsonText } from "@alienplatform/bindings";
import type { KeptJob } from "@alienplatform/bindings/operate";
import { iso } from "../json.ts";
import { attemptsOf } from "./attempt.ts";

/** A job as the API tells it. */
export function jobView(job: KeptJob) {
  const { result: _, resultText: __, attempts, sentAt, dueAt, endedAt, ...rest } = job;
  return {
    ...rest,
    attempts: attemptsOf(attempts),
    ...jobResult(job),
    sentAt: iso(sentAt),
    dueAt: iso(dueAt),
    endedAt: iso(endedAt),
  };
}

/** What its handler returned, letter by letter; nothing where it returned nothing. */
export function jobResult({ resultText }: KeptJob): { readonly result?: JsonText } {
  return resultText === undefined ? {} : { result: new JsonText(resultText) };
}
