type Tester = (a: unknown, b: unknown, ...rest: never[]) => boolean | undefined;

/** What vitest's and jest's `this` have in common, as far as the matchers use it. */
export interface MatcherContext {
  readonly isNot?: boolean;
  readonly equals: (a: unknown, b: unknown, testers?: never[]) => boolean;
  readonly utils: {
    readonly stringify: (value: unknown) => string;
    readonly subsetEquality: Tester;
    readonly iterableEquality: Tester;
  };
}

/** What a matcher answers. */
export interface MatcherAnswer {
  readonly pass: boolean;
  readonly message: () => string;
}

/** Whether the actual value has at least what is expected, as toMatchObject() says it. */
export function isLike(context: MatcherContext, actual: unknown, expected: unknown): boolean {
  const { iterableEquality, subsetEquality } = context.utils;
  // Both runners take any testers here, each its own.
  return context.equals(actual, expected, [iterableEquality, subsetEquality] as never[]);
}

/** One value in one line, short enough to read many; vitest would take a line for each field, and name each class. */
export function show({ utils }: MatcherContext, value: unknown): string {
  const text = utils
    .stringify(value)
    .replace(/,?\n\s*(?=[}\]])/g, "")
    .replace(/([{[])\n\s*/g, "$1")
    .replace(/\n\s*/g, " ")
    .replace(/\b(?:Object|Array) (?=[{[])/g, "");
  return text.length <= 200 ? text : `${text.slice(0, 199)}…`;
}

/** What there was instead, numbered, a line each. */
export function list(what: string, lines: readonly string[]): string {
  const most = 20;
  const shown = lines.slice(0, most).map((line, index) => `  ${index + 1}. ${line}`);
  if (lines.length > most) shown.push(`  and ${lines.length - most} more`);
  return [lines.length === 0 ? `${what}: none` : `${what}:`, ...shown].join("\n");
}
