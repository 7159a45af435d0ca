/** Numbers that a double cannot hold, or would write otherwise, kept as they were written. */
interface ExactNumber {
  readonly rawJSON: string;
}

type Reviver = (key: string, value: unknown, context?: { readonly source?: string }) => unknown;

// Not in TypeScript's library yet: https://github.com/tc39/proposal-json-parse-with-source
const json = JSON as unknown as {
  parse(text: string, reviver: Reviver): unknown;
  rawJSON?(text: string): ExactNumber;
  isRawJSON?(value: unknown): value is ExactNumber;
};

/** JSON with every number as it was written: 12345678901234567890 stays that. */
export function parseExact(text: string): unknown {
  return json.parse(text, (_key, value, context) => {
    if (typeof value !== "number" || context?.source === undefined) return value;
    return String(value) === context.source ? value : (json.rawJSON?.(context.source) ?? value);
  });
}

/** The text of a number that is kept as it was written; undefined of anything else. */
export function exactText(value: unknown): string | undefined {
  return json.isRawJSON?.(value) === true ? value.rawJSON : undefined;
}

/** JSON to read. */
export function prettyJson(value: unknown): string {
  return JSON.stringify(value, undefined, 2);
}
