import type { QueueResource, StandardSchemaV1 } from "@alienplatform/core";
import type { Failure } from "./driver.ts";

/** Any Standard Schema. */
export type Schema = NonNullable<QueueResource["schema"]>;

export type Issues = NonNullable<Failure["issues"]>;

export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: Issues };

/**
 * Runs a schema; a promise only where the schema itself is asynchronous. One that throws, as a transform
 * may, has refused the value: it must not keep back the messages beside it.
 */
export function check(schema: Schema, value: unknown): Checked | Promise<Checked> {
  try {
    const result = schema["~standard"].validate(value);
    return result instanceof Promise ? result.then(toChecked).catch(threw) : toChecked(result);
  } catch (error) {
    return threw(error);
  }
}

/** The issues as one line: "imageId: expected a string; size: too small". */
export function describeIssues(issues: Issues): string {
  return issues
    .map(({ path, message }) => (path === undefined ? message : `${path}: ${message}`))
    .join("; ");
}

/** Only the name of what was thrown: its message may quote the payload. */
function threw(error: unknown): Checked {
  const name = error instanceof Error ? error.name : typeof error;
  return { ok: false, issues: [{ message: `the schema itself threw: ${name}` }] };
}

function toChecked(result: StandardSchemaV1.Result<unknown>): Checked {
  if (result.issues === undefined) return { ok: true, value: result.value };
  return { ok: false, issues: result.issues.map(toIssue) };
}

function toIssue({ message, path }: StandardSchemaV1.Issue): Issues[number] {
  if (path === undefined || path.length === 0) return { message };
  const keys = path.map((segment) => (typeof segment === "object" ? segment.key : segment));
  return { message, path: keys.map(String).join(".") };
}
