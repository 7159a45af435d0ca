import { environmentName } from "@alienplatform/core";
import {
  inSyntax,
  type Json,
  referencesOf,
  type TextSyntax,
  uniqueNames,
} from "@alienplatform/deploy";
import type { AwsPart } from "../aws-part.ts";
import type { AwsPlace } from "../aws-place.ts";
import type { AwsLowered } from "../lower.ts";
import { resourcesOf, terraformTypeOf } from "./terraform-resources.ts";
import { writtenParts } from "./written-parts.ts";

/** The first that knows a permission by way of a function's URL, and values that its state does not keep. */
const PROVIDER = ">= 6.28";
/** The first with values that are written and never kept: https://developer.hashicorp.com/terraform/language/manage-sensitive-data/write-only */
const TERRAFORM = ">= 1.11";

/**
 * The parts as a configuration of Terraform, in JSON. Code is taken from `code/<sha256>.zip` beside it. Secrets are made
 * with a first value that its state does not have, and never changed again.
 */
export function terraform({ parts, bindings }: AwsLowered, place: AwsPlace): string {
  const names = uniqueNames(
    parts.map(({ id }) => id),
    resourceName,
  );
  const address = (part: AwsPart) => `${terraformTypeOf(part.type)}.${names.get(part.id) ?? ""}`;
  const syntax: TextSyntax<AwsPart> = {
    // https://developer.hashicorp.com/terraform/language/expressions/strings#escape-sequences
    escape: (text) => text.replace(/[$%](?=\{)/g, (sign) => sign + sign),
    expression: (part, attribute) => `\${${address(part)}.${attributeOf(part, attribute)}}`,
  };
  const byId = new Map(parts.map((part) => [part.id, part]));
  const resource: Record<string, Record<string, Json>> = {};
  for (const each of writtenParts(parts, place, syntax)) {
    const { part } = each;
    const after = [
      ...(part.after ?? []).flatMap((id) => byId.get(id) ?? []).map(address),
      ...policiesOf(part, names),
    ];
    for (const { type, suffix = "", settings } of resourcesOf(each, address(part))) {
      const made = resource[type] ?? {};
      resource[type] = made;
      made[`${names.get(part.id) ?? ""}${suffix}`] = {
        ...settings,
        ...(after.length === 0 ? {} : { depends_on: after }),
      };
    }
  }
  const random = parts.some(isRandom);
  const configuration = {
    terraform: {
      required_version: TERRAFORM,
      required_providers: {
        aws: { source: "hashicorp/aws", version: PROVIDER },
        ...(random ? { random: { source: "hashicorp/random", version: ">= 3.7" } } : {}),
      },
    },
    provider: { aws: { region: place.region, allowed_account_ids: [place.account] } },
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

/** What a role may do is a resource of its own there, and a mapping is refused where the function may not receive yet. */
function policiesOf(part: AwsPart, names: ReadonlyMap<string, string>): readonly string[] {
  if (part.type !== "lambda-function") return [];
  return referencesOf(part.config.role).map(
    ({ $ref }) => `aws_iam_role_policy.${names.get($ref) ?? ""}`,
  );
}

function isRandom(part: AwsPart): boolean {
  return part.type === "ssm-parameter" && part.config.firstValue === "random";
}

/** "queue/tasks/dead-letters" is queue_tasks_dead-letters. */
function resourceName(id: string): string {
  return id.replaceAll("/", "_");
}

function attributeOf({ type }: AwsPart, attribute: string): string {
  if (attribute === "name") return type === "lambda-function" ? "function_name" : "name";
  return attribute === "url" && type === "function-url" ? "function_url" : attribute;
}
