import type { JobStatus } from "@alienplatform/bindings";
import type { KeptJob } from "@alienplatform/bindings/operate";
import type { Colors } from "../terminal.ts";
import { printAttempt } from "./dead-letter.ts";
import { printDuration } from "./duration.ts";
import { printTries } from "./tries.ts";
import { visible, visibleLine } from "./visible.ts";

const LINE_LENGTH = 200;

/** A job as one JSON object; its result is what the handler returned, with every digit. */
export function jobJson({ result: _, resultText, ...job }: KeptJob): string {
  const json = JSON.stringify({ version: 1, ...job });
  // Spliced in as it is kept: reading and writing it again would round large numbers.
  return resultText === undefined ? json : `${json.slice(0, -1)},"result":${resultText}}`;
}

/** One line: id, status, how often it was tried, and since when it is so. */
export function printJobLine(job: KeptJob, now: number, colors: Colors): string {
  const { id, attempts, name, lastError } = job;
  const tried = attempts.length === 0 ? [] : [printTries(attempts)];
  const head = [...(name === undefined ? [] : [visible(name)]), ...tried, age(job, now)].join(", ");
  const why =
    lastError === undefined || job.status === "SUCCEEDED"
      ? ""
      : `\n  ${colors.red(visible(lastError.code))}  ${visibleLine(lastError.message, LINE_LENGTH)}`;
  return `${colors.bold(id)}  ${printStatus(job.status, colors)}  ${colors.dim(head)}${why}`;
}

/** All there is to know of a job. */
export function printJob(job: KeptJob, now: number, colors: Colors): string {
  const { attempts, resultText } = job;
  return [
    printJobLine(job, now, colors),
    ...attempts.map((attempt) => `  ${printAttempt(attempt, colors)}`),
    ...(resultText === undefined ? [] : ["", visible(resultText)]),
  ].join("\n");
}

function age({ status, sentAt, dueAt, endedAt }: KeptJob, now: number): string {
  const ago = (since: number) => `${printDuration(Math.max(0, now - since))} ago`;
  if (endedAt !== undefined) return `ended ${ago(endedAt)}`;
  if (status === "PENDING" && dueAt !== undefined && dueAt > now) {
    return `due in ${printDuration(dueAt - now)}`;
  }
  return `sent ${ago(sentAt)}`;
}

function printStatus(status: JobStatus, colors: Colors): string {
  switch (status) {
    case "SUCCEEDED":
      return colors.green(status);
    case "DEAD":
    case "FAILED":
      return colors.red(status);
    case "RUNNING":
      return colors.cyan(status);
    case "PENDING":
      return status;
    case "CANCELLED":
      return colors.dim(status);
  }
}
