import { environmentName } from "@alienplatform/core";
import { inSyntax, type Json, type TextSyntax, uniqueNames } from "@alienplatform/deploy";
import type { AwsPart } from "../aws-part.ts";
import type { AwsPlace } from "../aws-place.ts";
import type { AwsLowered } from "../lower.ts";
import { type CloudFormationResource, resourcesOf } from "./cloudformation-resources.ts";
import { writtenParts } from "./written-parts.ts";

type Template = Readonly<Record<string, Json>>;

/**
 * The parts as a template of CloudFormation, in JSON. Code is taken from a bucket that its parameters name, as
 * `<prefix><sha256>.zip`. Secrets are not in it: CloudFormation makes no SecureString.
 */
export function cloudFormation({ parts, bindings }: AwsLowered, place: AwsPlace): string {
  const names = uniqueNames(
    parts.map(({ id }) => id),
    logicalId,
  );
  const syntax: TextSyntax<AwsPart> = {
    escape: (text) => text.replaceAll("${", "${!"),
    expression: (part, attribute) => expressionOf(part, attribute, names),
  };
  const resources: Record<string, Json> = {};
  for (const each of writtenParts(parts, place, syntax)) {
    const name = names.get(each.part.id) ?? "";
    const made = resourcesOf(each);
    const after = (each.part.after ?? []).filter((id) => !isSecret(id, parts));
    for (const [suffix, resource] of Object.entries(made)) {
      resources[`${name}${suffix}`] = {
        ...intrinsic(resource),
        ...(after.length === 0 ? {} : { DependsOn: after.map((id) => names.get(id) ?? "") }),
      };
    }
  }
  const outputNames = uniqueNames(Object.keys(bindings), (queue) => logicalId(`binding/${queue}`));
  const outputs = Object.entries(bindings).map(([queue, binding]) => {
    const text = inSyntax({ $json: binding }, parts, syntax);
    const Description = `What ${environmentName(queue)} holds in a process of your own.`;
    return [outputNames.get(queue) ?? "", { Description, Value: intrinsicText(String(text)) }];
  });
  const template: Template = {
    AWSTemplateFormatVersion: "2010-09-09",
    ...(hasCode(parts) ? { Parameters: PARAMETERS } : {}),
    Resources: resources,
    Outputs: Object.fromEntries(outputs),
  };
  return `${JSON.stringify(template, undefined, 2)}\n`;
}

const PARAMETERS = {
  CodeBucket: {
    Type: "String",
    Description: "The bucket that the functions' zip files are in, in this region.",
  },
  CodePrefix: {
    Type: "String",
    Default: "",
    Description: "What stands before the SHA-256 in their keys.",
  },
};

function hasCode(parts: readonly AwsPart[]): boolean {
  return parts.some(({ type }) => type === "lambda-function");
}

function isSecret(id: string, parts: readonly AwsPart[]): boolean {
  return parts.some((part) => part.id === id && part.type === "ssm-parameter");
}

/** "queue/image-tasks/dead-letters" is QueueImageTasksDeadLetters: letters and digits alone are allowed. */
function logicalId(id: string): string {
  return id.replace(/(^|[^A-Za-z0-9])([A-Za-z0-9]?)/g, (_, _between, first: string) =>
    first.toUpperCase(),
  );
}

/** What `Ref` answers is the URL of a queue and the name of a function; all else is an attribute. */
function expressionOf(
  { id, type }: AwsPart,
  attribute: string,
  names: ReadonlyMap<string, string>,
): string {
  const name = names.get(id) ?? "";
  const referred = type === "sqs-queue" ? "url" : "name";
  if (attribute === referred) return `\${${name}}`;
  return `\${${name}.${attribute === "url" ? "FunctionUrl" : "Arn"}}`;
}

/** Texts with expressions as CloudFormation's functions; a resource's fields stay what they are. */
function intrinsic(resource: CloudFormationResource): { readonly [key: string]: Json } {
  const { Type, keep, Properties } = resource;
  const policy = keep === undefined ? undefined : keep ? "Retain" : "Delete";
  return {
    Type,
    ...(policy === undefined ? {} : { DeletionPolicy: policy, UpdateReplacePolicy: policy }),
    Properties: functions(Properties),
  };
}

function functions(value: Json): Json {
  if (typeof value === "string") return intrinsicText(value);
  if (typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map(functions);
  return Object.fromEntries(
    Object.entries(value).flatMap(([key, each]) =>
      each === undefined ? [] : [[key, functions(each)]],
    ),
  );
}

function intrinsicText(text: string): Json {
  if (!/\$\{[^!]/.test(text)) return text.replaceAll("${!", "${");
  const [, name, attribute] = /^\$\{(\w+)(?:\.(\w+))?\}$/.exec(text) ?? [];
  if (name === undefined) return { "Fn::Sub": text };
  return attribute === undefined ? { Ref: name } : { "Fn::GetAtt": [name, attribute] };
}
