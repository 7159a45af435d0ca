import type { Attempt, DeadLetter } from "@alienplatform/bindings";
import type { Colors } from "../terminal.ts";
import { printDuration } from "./duration.ts";
import { printTries } from "./tries.ts";
import { visible, visibleLine } from "./visible.ts";

const REASON_LENGTH = 120;

/** Everything of a dead letter: where it comes from, why it died, each attempt, and the payload as it is. */
export function printWholeLetter(letter: DeadLetter, now: number, colors: Colors): string {
  const { error, history, headers } = letter;
  const body =
    typeof letter.body === "string" ? letter.body : new TextDecoder().decode(letter.body);
  const ago = (since: number) => `${printDuration(Math.max(0, now - since))} ago`;
  const { group, priority, concurrency } = letter;
  const facts: readonly (readonly [string, string | undefined])[] = [
    ["queue", letter.source],
    ["sent", `${new Date(letter.sentAt).toISOString()}, ${ago(letter.sentAt)}`],
    ["dead", `${new Date(letter.deadAt).toISOString()}, ${ago(letter.deadAt)}`],
    ["from", headers.dead && `${headers.dead.source}: ${headers.dead.error.message}`],
    ["job", headers.job],
    ["group", group],
    ["priority", priority === undefined ? undefined : String(priority)],
    ["key", concurrency && `${concurrency.key}, at most ${concurrency.limit} at once`],
    ...Object.entries(headers.attributes ?? {}).map(([name, value]) => [name, value] as const),
  ];
  return [
    `${colors.bold(letter.id)}  ${colors.dim(printTries(letter.history, letter.attempts))}`,
    ...facts.flatMap(([name, value]) =>
      value === undefined ? [] : [`  ${colors.dim(visible(name))}  ${visibleLine(value, 400)}`],
    ),
    "",
    `${colors.red(visible(error.code))}  ${visible(error.message)}`,
    ...(error.issues ?? []).map(({ path, message }) =>
      visible(path === undefined ? `  ${message}` : `  ${path}: ${message}`),
    ),
    ...(error.stack === undefined ? [] : [colors.dim(visible(error.stack))]),
    ...(history.length === 0 ? [] : ["", ...history.map((one) => printAttempt(one, colors))]),
    "",
    visible(body),
  ].join("\n");
}

/** One delivery: its number, how it ended, why, when and after how long. */
export function printAttempt(
  { number, outcome, startedAt, endedAt, error, redrivenAt }: Attempt,
  colors: Colors,
) {
  const took =
    startedAt === undefined ? "" : `, after ${printDuration(Math.max(0, endedAt - startedAt))}`;
  const why =
    error === undefined ? "" : `  ${error.code}  ${visibleLine(error.message, REASON_LENGTH)}`;
  const next = redrivenAt === undefined ? "" : `; redriven ${new Date(redrivenAt).toISOString()}`;
  const when = `${new Date(endedAt).toISOString()}${took}${next}`;
  return `attempt ${number}  ${outcome}${visible(why)}  ${colors.dim(when)}`;
}
