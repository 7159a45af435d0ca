import { environmentName } from "@alienplatform/core";
import { inSyntax, type Json, type TextSyntax, uniqueNames } from "@alienplatform/deploy";
import type { GcpPart } from "../gcp-part.ts";
import type { GcpPlace } from "../gcp-place.ts";
import type { GcpLowered } from "../lower.ts";
import { resourcesOf, terraformTypeOf } from "./terraform-resources.ts";
import { writtenParts } from "./written-parts.ts";

/** The first with values of secrets that its state does not keep. */
const PROVIDER = ">= 6.27";
/** https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only */
const TERRAFORM = ">= 1.11";

/**
 * The parts as a configuration of Terraform, in JSON. Code is taken from `code/<sha256>.zip` beside it. A secret that has
 * to be unguessable is made with a value that the state does not have; the others get theirs by `alien secret set`.
 */
export function terraform({ parts, bindings }: GcpLowered, place: GcpPlace): string {
  const names = uniqueNames(
    parts.map(({ id }) => id),
    (id) => id.replaceAll("/", "_"),
  );
  const address = (part: GcpPart) => `${terraformTypeOf(part.type)}.${names.get(part.id) ?? ""}`;
  const syntax: TextSyntax<GcpPart> = {
    // https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
    escape: (text) => text.replace(/[$%](?=\{)/g, (sign) => sign + sign),
    expression: (part, attribute) => `\${${address(part)}.${attributeOf(part, attribute)}}`,
  };
  const byId = new Map(parts.map((part) => [part.id, part]));
  const resource: Record<string, Record<string, Json>> = {};
  const addresses = new Map<string, readonly string[]>();
  const all = writtenParts(parts, place, syntax).map((each) => {
    const name = names.get(each.part.id) ?? "";
    const resources = resourcesOf(each, address(each.part), place);
    addresses.set(
      each.part.id,
      resources.map(({ type, suffix = "" }) => `${type}.${name}${suffix}`),
    );
    return { part: each.part, name, resources };
  });
  for (const { part, name, resources } of all) {
    const own = addresses.get(part.id) ?? [];
    const after = (part.after ?? []).flatMap((id) =>
      byId.has(id) ? (addresses.get(id) ?? []) : [],
    );
    for (const [at, { type, suffix = "", settings }] of resources.entries()) {
      const made = resource[type] ?? {};
      resource[type] = made;
      // A function is built from its zip.
      const needs = [
        ...after,
        ...(part.type === "cloud-function" && at > 0 ? own.slice(0, at) : []),
      ];
      made[`${name}${suffix}`] = {
        ...settings,
        ...(needs.length === 0 ? {} : { depends_on: needs }),
      };
    }
  }
  const random = parts.some(
    ({ type, config }) => type === "secret" && config.firstValue === "random",
  );
  const configuration = {
    terraform: {
      required_version: TERRAFORM,
      required_providers: {
        google: { source: "hashicorp/google", version: PROVIDER },
        ...(random ? { random: { source: "hashicorp/random", version: ">= 3.7" } } : {}),
      },
    },
    locals: { region: place.region },
    provider: { google: { project: place.project, region: place.region } },
    ...(random
      ? { ephemeral: { random_password: { alien: { length: 43, special: false } } } }
      : {}),
    resource,
    output: Object.fromEntries(
      Object.entries(bindings).map(([queue, binding]) => [
        environmentName(queue),
        {
          description: "What this variable holds in a process of your own.",
          value: inSyntax({ $json: binding }, parts, syntax),
        },
      ]),
    ),
  };
  return `${JSON.stringify(configuration, undefined, 2)}\n`;
}

/** A path is an id there. */
function attributeOf({ type }: GcpPart, attribute: string): string {
  if (attribute === "path") return "id";
  return type === "cloud-function" && attribute === "url" ? "url" : attribute;
}
