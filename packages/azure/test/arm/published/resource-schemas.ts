import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv, type ErrorObject, type ValidateFunction } from "ajv";
import type { PublishedTypes } from "./published-types.ts";
import { type Side, schemaOf } from "./schema-of.ts";

const published = JSON.parse(
  readFileSync(join(import.meta.dirname, "resource-types.json"), "utf8"),
) as PublishedTypes; // as vendor.ts wrote it

/** By type, "microsoft.servicebus/namespaces": Resource Manager does not tell cases apart. */
const versions = new Map(
  Object.entries(published.versions).map(([type, its]) => [type.toLowerCase(), its]),
);
const resources = new Map(
  Object.entries(published.resources).map(([name, place]) => [name.toLowerCase(), place]),
);
const compiled = new Map<string, ValidateFunction>();
// Once for each side: it is a thousand types.
const ajvs = { request: ajvOf("request"), answer: ajvOf("answer") };

/** The versions of its API that Microsoft publishes of a type; undefined of a type that no deploy makes. */
export function publishedVersions(type: string): readonly string[] | undefined {
  return versions.get(type.toLowerCase());
}

/**
 * What of a resource is not as Microsoft publishes its type: fields that it does not have, or lacks, and values of another
 * kind; nothing where all is well.
 * @throws Error where resource-types.json lacks the type in that version.
 */
export function resourceProblems(
  type: string,
  version: string,
  side: Side,
  resource: object,
): readonly string[] {
  const validate = validatorOf(`${type}@${version}`.toLowerCase(), side);
  validate(resource);
  return (validate.errors ?? []).filter(({ keyword }) => keyword !== "if").map(worded);
}

function ajvOf(side: Side): Ajv {
  const $defs = Object.fromEntries(
    published.types.map((type, place) => [place, schemaOf(type, side)]),
  );
  const ajv = new Ajv({ allErrors: true, strict: false, unicodeRegExp: false });
  return ajv.addSchema({ $id: "types", $defs });
}

function validatorOf(name: string, side: Side): ValidateFunction {
  const key = `${side} ${name}`;
  const known = compiled.get(key);
  if (known !== undefined) return known;
  const place = resources.get(name);
  if (place === undefined) throw new Error(`${name} is not in resource-types.json: see vendor.ts`);
  const validate = ajvs[side].compile({ $ref: `types#/$defs/${place}` });
  compiled.set(key, validate);
  return validate;
}

function worded({ instancePath, keyword, message, params }: ErrorObject): string {
  const at = `$${instancePath.replaceAll("/", ".")}`;
  if (keyword === "additionalProperties")
    return `${at}.${params.additionalProperty} is no such field`;
  if (keyword === "false schema") return `${at} is nobody's to say here`;
  if (keyword === "const") return `${at} is not "${params.allowedValue}"`;
  return `${at} ${message}`;
}
