import { hasUnknown } from "./expression.ts";
import type { Json } from "./json.ts";

/** An expression as people read it: "(arn of queue/tasks)"; undefined for a value without one at its top. */
export function showExpression(value: Json): string | undefined {
  if (typeof value !== "object") return undefined;
  if ("$ref" in value) return `(${value.attribute} of ${value.$ref})`;
  if ("$unknown" in value) return "(known after apply)";
  if ("$join" in value && Array.isArray(value.$join)) {
    return value.$join.map((piece) => showExpression(piece) ?? piece).join("");
  }
  if ("$json" in value && value.$json !== undefined) {
    return hasUnknown(value) ? "(known after apply)" : JSON.stringify(shown(value.$json));
  }
  return undefined;
}

/** The value with every expression in it as people read it. */
function shown(value: Json): Json {
  const own = showExpression(value);
  if (own !== undefined || typeof value !== "object") return own ?? value;
  if (Array.isArray(value)) return value.map(shown);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === undefined ? [] : [[key, shown(each)]],
    ),
  );
}
