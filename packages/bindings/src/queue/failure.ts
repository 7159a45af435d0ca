import { AlienError } from "@alienplatform/core";
import type { Failure } from "./driver.ts";

/** What is kept of each part: a failure travels with its message, which every platform limits. */
const LONGEST_MESSAGE = 8 * 1024;
const LONGEST_STACK = 16 * 1024;
const MOST_ISSUES = 50;
const LONGEST_ISSUE = 512;

/** In a call of ours or of node's: whoever looks into a failure looks for their own. */
const NOT_THEIRS = /[( ]node:|node_modules[\\/]@alienplatform[\\/]/;
const FRAME = /^\s+at /;

/** A failure of text alone, and short, whatever it is made from: JavaScript checks neither reasons nor errors. */
export function failureOf(
  code: string,
  message: unknown,
  { stack, issues }: { readonly stack?: unknown; readonly issues?: Failure["issues"] } = {},
): Failure {
  return {
    code: shorten(code, LONGEST_ISSUE),
    message: shorten(describe(message), LONGEST_MESSAGE),
    ...(typeof stack === "string" ? { stack: shorten(ownCalls(stack), LONGEST_STACK) } : {}),
    ...(issues === undefined ? {} : { issues: issues.slice(0, MOST_ISSUES).map(shortIssue) }),
  };
}

/** Anything that was thrown, as it is kept with the message. Never throws itself. */
export function toFailure(thrown: unknown): Failure {
  try {
    if (thrown instanceof AlienError) return failureOf(thrown.code, thrown.message);
    if (thrown instanceof Error) {
      const { name, message, stack } = thrown;
      return failureOf(typeof name === "string" ? name : "Error", message, { stack });
    }
  } catch {
    // A getter of the error throws: what can be said is that it was thrown.
    return failureOf("Error", "an error that cannot be read");
  }
  return failureOf("HANDLER_FAILED", thrown);
}

/** The stack with the calls of the user's own and of their packages; whole where it has none of these. */
function ownCalls(stack: string): string {
  const kept = stack.split("\n").filter((line) => !(FRAME.test(line) && NOT_THEIRS.test(line)));
  return kept.some((line) => FRAME.test(line)) ? kept.join("\n") : stack;
}

function describe(value: unknown): string {
  if (typeof value === "string") return value;
  try {
    return JSON.stringify(value) ?? String(value);
  } catch {
    return plainly(value); // a cycle or a BigInt: the short form still says what it was
  }
}

function plainly(value: unknown): string {
  try {
    return String(value);
  } catch {
    return Object.prototype.toString.call(value); // an object without a prototype
  }
}

function shortIssue({ message, path }: NonNullable<Failure["issues"]>[number]) {
  const short = { message: shorten(describe(message), LONGEST_ISSUE) };
  return path === undefined ? short : { ...short, path: shorten(path, LONGEST_ISSUE) };
}

function shorten(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest)}… (${text.length} characters)`;
}
