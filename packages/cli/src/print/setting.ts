import { type Json, type PlannedChange, showExpression } from "@alienplatform/deploy";
import type { Colors } from "../terminal.ts";
import { visible } from "./visible.ts";

/**
 * "timeout  60 -> 120", and why it costs the part, or whose change it was. Of lists, objects and texts of JSON those
 * fields alone that differ, a line each.
 */
export function printChange(change: PlannedChange, colors: Colors): readonly string[] {
  const { path, replaces, drift } = change;
  const notes = [
    drift === undefined ? "" : colors.yellow("  changed by somebody else"),
    replaces === undefined ? "" : colors.red(`  a new one, because ${visible(replaces)}`),
  ].join("");
  return fieldsOf(path, change.from, change.to).map(({ at, from, to }) => {
    const before = from === undefined ? "" : `${colors.dim(from)} -> `;
    return `${visible(at)}  ${before}${to ?? colors.red("taken away")}${notes}`;
  });
}

interface Field {
  readonly at: string;
  /** Undefined where there was none. */
  readonly from: string | undefined;
  /** Undefined where there is to be none. */
  readonly to: string | undefined;
}

function fieldsOf(path: string, from: Json | undefined, to: Json | undefined): readonly Field[] {
  const [before, after] = [structureOf(from), structureOf(to)];
  if (before === undefined || after === undefined) {
    const shown = (value: Json | undefined) =>
      value === undefined ? undefined : printValue(value);
    return [{ at: path, from: shown(from), to: shown(to) }];
  }
  const [old, next] = [new Map(settingsOf(before, path)), new Map(settingsOf(after, path))];
  const paths = [...new Set([...old.keys(), ...next.keys()])];
  const fields = paths
    .map((at) => ({ at, from: old.get(at), to: next.get(at) }))
    .filter((field) => field.from !== field.to);
  // What differs in its order or its spaces alone has no such field.
  return fields.length > 0
    ? fields
    : [{ at: path, from: printValue(before), to: printValue(after) }];
}

/** What has fields to compare: an object, a list, or the text of one. */
function structureOf(value: Json | undefined): Json | undefined {
  if (typeof value === "object") return showExpression(value) === undefined ? value : undefined;
  if (typeof value !== "string" || !/^[[{]/.test(value)) return undefined;
  try {
    // Parts hold no null; in a text of somebody's it is a word like others.
    return JSON.parse(value, (_, each) => (each === null ? "null" : each));
  } catch {
    // A text that only begins like JSON.
    return undefined;
  }
}

/** All settings of a part that is to be made, one a line: "environment.LOG_LEVEL  debug". */
export function printSettings(config: Json, colors: Colors): readonly string[] {
  return settingsOf(config, "").map(([path, value]) => `${colors.dim(visible(path))}  ${value}`);
}

function settingsOf(value: Json, path: string): readonly (readonly [string, string])[] {
  const shown = showExpression(value);
  if (shown !== undefined) return [[path, visible(shown)]];
  if (typeof value !== "object") return [[path, printValue(value)]];
  const entries = Object.entries(value);
  if (entries.length === 0) return [[path, Array.isArray(value) ? "[]" : "{}"]];
  // Short lists of words read better on one line.
  if (Array.isArray(value) && value.every((each) => typeof each !== "object")) {
    return [[path, value.map(printValue).join(", ")]];
  }
  return entries.flatMap(([key, each]) =>
    each === undefined ? [] : settingsOf(each, path === "" ? key : `${path}.${key}`),
  );
}

function printValue(value: Json): string {
  if (typeof value === "string") return visible(value);
  return visible(showExpression(value) ?? JSON.stringify(value));
}
