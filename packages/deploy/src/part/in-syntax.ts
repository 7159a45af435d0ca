import { resolve } from "./expression.ts";
import type { Json } from "./json.ts";
import type { Part } from "./part.ts";

/** How a language that parts are exported to writes texts. */
export interface TextSyntax<Exported extends Part = Part> {
  /** A text that is meant as it is, though it may look like an expression. */
  escape(text: string): string;
  /** What stands within a text for an attribute of a part: `${QueueTasks.Arn}`. */
  expression(part: Exported, attribute: string): string;
}

/** Any value with references to parts, in a language's own words. */
export function inSyntax<Exported extends Part>(
  value: Json,
  parts: readonly Exported[],
  syntax: TextSyntax<Exported>,
): Json {
  const byId = new Map(parts.map((part) => [part.id, part]));
  return resolve(escaped(value, syntax), ({ $ref, attribute }) => {
    const part = byId.get($ref);
    if (part === undefined) throw new TypeError(`there is no part "${$ref}"`);
    return syntax.expression(part, attribute);
  });
}

function escaped(value: Json, syntax: Pick<TextSyntax, "escape">): Json {
  if (typeof value === "string") return syntax.escape(value);
  if (typeof value !== "object" || "$ref" in value) return value;
  if (Array.isArray(value)) return value.map((each) => escaped(each, syntax));
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === undefined ? [] : [[key, escaped(each, syntax)]],
    ),
  );
}
