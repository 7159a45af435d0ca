import type { DeadLetter, DeadLetterFilter } from "./dead-letter.ts";
import type { Failure } from "./driver.ts";
import { jsonField, sameScalar } from "./json-field.ts";

/** Whether a dead letter is one of those that the filter means; for drivers that look at each. */
export function matchesDeadLetter(
  letter: DeadLetter,
  filter: DeadLetterFilter,
  now: number,
): boolean {
  const { code, error, firstLine, olderThanMs, youngerThanMs, diedBy, field } = filter;
  if (code !== undefined && letter.error.code !== code) return false;
  if (error !== undefined && !includes(letter.error.message, error)) return false;
  if (firstLine !== undefined && firstLineOf(letter.error) !== firstLine) return false;
  if (olderThanMs !== undefined && now - letter.deadAt < olderThanMs) return false;
  if (youngerThanMs !== undefined && now - letter.deadAt > youngerThanMs) return false;
  if (diedBy !== undefined && letter.deadAt > diedBy) return false;
  return field === undefined || hasField(letter, field);
}

/** Of a stack trace in a message the first line tells. */
export function firstLineOf({ message }: Pick<Failure, "message">): string {
  return message.split("\n", 1)[0] ?? "";
}

function includes(text: string, part: string): boolean {
  return text.toLowerCase().includes(part.toLowerCase());
}

function hasField(
  { headers, body }: DeadLetter,
  { path, equals }: NonNullable<DeadLetterFilter["field"]>,
): boolean {
  if (headers.kind !== "json") return false;
  const text = typeof body === "string" ? body : new TextDecoder().decode(body);
  const found = jsonField(text, path.split("."));
  return found !== undefined && sameScalar(found, equals);
}
