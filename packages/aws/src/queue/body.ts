import type { Envelope } from "@alienplatform/bindings";

/**
 * What SQS does not carry: it takes tab, line feed, carriage return and U+0020 to U+10FFFF without surrogates, U+FFFE
 * and U+FFFF, and puts U+FFFD in place of the rest, or refuses the message.
 * https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_SendMessage.html
 * Nor may a keyword stand in what EventBridge Scheduler sends later: it puts the schedule's ARN or time in its place.
 * https://docs.aws.amazon.com/scheduler/latest/UserGuide/managing-schedule-context-attributes.html
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
const FOREIGN = /[\0-\x08\v\f\x0e-\x1f\ufffe\uffff]|\p{Surrogate}|<aws\.scheduler\./u;
/** Those of them that JSON text may hold, inside its strings alone, where they can be escaped. */
const ESCAPABLE = /[\ufffe\uffff]|\p{Surrogate}|<(?=aws\.scheduler\.)/gu;
/** Base64 of nothing is nothing, and SQS takes no empty body. */
const EMPTY = "=";

/** A body as SQS carries it, and how to read it back. */
export interface CarriedBody {
  readonly body: string;
  readonly encoding?: Envelope["encoding"];
}

/** Loses nothing: JSON is escaped, other text goes as base64. */
export function carriedBody(body: string, kind: "json" | "text"): CarriedBody {
  if (body !== "" && !FOREIGN.test(body)) return { body };
  if (kind === "json" && body !== "") {
    const escaped = escapeForeign(body);
    if (!FOREIGN.test(escaped)) return { body: escaped };
  }
  const bytes = Buffer.from(body, "utf8");
  return { body: bytes.length === 0 ? EMPTY : bytes.toString("base64"), encoding: "base64" };
}

/** The body as it was given. */
export function givenBody(body: string, encoding: Envelope["encoding"]): string {
  return encoding === undefined ? body : Buffer.from(body, encoding).toString("utf8");
}

/** JSON text without what is not carried, and of the same meaning. */
export function escapeForeign(json: string): string {
  return json.replace(ESCAPABLE, (character) => {
    const code = character.charCodeAt(0).toString(16).padStart(4, "0");
    return `\\u${code}`;
  });
}
