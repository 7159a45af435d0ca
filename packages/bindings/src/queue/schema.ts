import type { QueueResource, StandardSchemaV1 } from "@alienplatform/core";
import type { Failure } from "./driver.ts";

/** Any Standard Schema. */
export type Schema = NonNullable<QueueResource["schema"]>;

export type Issues = NonNullable<Failure["issues"]>;

export type Checked =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly issues: Issues };

/** Runs a schema; a promise only where the schema itself is asynchronous. */
export function check(schema: Schema, value: unknown): Checked | Promise<Checked> {
  const result = schema["~standard"].validate(value);
  return result instanceof Promise ? result.then(toChecked) : toChecked(result);
}

/** The issues as one line: "imageId: expected a string; size: too small". */
export function describeIssues(issues: Issues): string {
  return issues
    .map(({ path, message }) => (path === undefined ? message : `${path}: ${message}`))
    .join("; ");
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
