import type { Json } from "./json.ts";

/** An attribute of another part, as its controller reports it: `{ $ref: "queue/tasks", attribute: "arn" }`. */
export type Ref = { readonly $ref: string; readonly attribute: string };

/** Texts and references, one after the other. */
export type Join = { readonly $join: readonly (string | Ref)[] };

/** The JSON text of a value that may hold references: a policy, a binding in the environment. */
export type JsonText = { readonly $json: Json };

/** What is known only after a step of the plan: printed as "(known after apply)". */
export type Unknown = { readonly $unknown: string };

/** An attribute of a part that may not exist yet. */
export function ref(part: string, attribute: string): Ref {
  return { $ref: part, attribute };
}

/** A text with references in it. */
export function join(...pieces: readonly (string | Ref)[]): Join {
  return { $join: pieces };
}

/** A text that holds JSON with references in it. */
export function jsonText(value: Json): JsonText {
  return { $json: value };
}

/** Says what the attribute of a part is; undefined where that is not known yet. */
export type Lookup = (ref: Ref) => string | undefined;

/** The value with every reference replaced; what hangs on something unknown is an `Unknown` that names it. */
export function resolve(value: Json, lookup: Lookup): Json {
  if (typeof value !== "object") return value;
  if (isList(value)) return value.map((each) => resolve(each, lookup));
  if (isRef(value)) return lookup(value) ?? unknown(value);
  if (isJoin(value)) {
    const pieces = value.$join.map((piece) => resolve(piece, lookup));
    return pieces.find(isUnknown) ?? pieces.join("");
  }
  if (isJsonText(value)) {
    const inside = resolve(value.$json, lookup);
    return firstUnknown(inside) ?? JSON.stringify(inside);
  }
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === undefined ? [] : [[key, resolve(each, lookup)]],
    ),
  );
}

/** The references in a value, each once. */
export function referencesOf(value: Json): readonly Ref[] {
  const found = new Map<string, Ref>();
  visit(value, (each) => {
    if (isRef(each)) found.set(`${each.$ref} ${each.attribute}`, each);
  });
  return [...found.values()];
}

/** Whether a value is known only after apply. */
export function isUnknown(value: Json | undefined): value is Unknown {
  return typeof value === "object" && "$unknown" in value;
}

/** Whether anything in a value is known only after apply. */
export function hasUnknown(value: Json): boolean {
  return firstUnknown(value) !== undefined;
}

function firstUnknown(value: Json): Unknown | undefined {
  let found: Unknown | undefined;
  visit(value, (each) => {
    if (isUnknown(each)) found ??= each;
  });
  return found;
}

function unknown({ $ref, attribute }: Ref): Unknown {
  return { $unknown: `${$ref}.${attribute}` };
}

function visit(value: Json, see: (value: Json) => void): void {
  see(value);
  if (typeof value !== "object") return;
  for (const each of isList(value) ? value : Object.values(value)) {
    if (each !== undefined) visit(each, see);
  }
}

/** Array.isArray does not narrow a readonly array. */
function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}

function isRef(value: Json): value is Ref {
  return typeof value === "object" && "$ref" in value;
}

function isJoin(value: Json): value is Join {
  return typeof value === "object" && "$join" in value;
}

function isJsonText(value: Json): value is JsonText {
  return typeof value === "object" && "$json" in value;
}
