import type { Refusal } from "@alienplatform/bindings/declared";
import { type Json, resolve } from "@alienplatform/deploy";
import type { AwsPart, TypedPart } from "../aws-part.ts";
import type { AwsStack } from "../aws-stack.ts";

/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const LARGEST_ENVIRONMENT = 4_096;
/** https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html */
const NAME = /^[A-Za-z][A-Za-z0-9_]+$/;
const RESERVED = new Set([
  "AWS_ACCESS_KEY",
  "AWS_ACCESS_KEY_ID",
  "AWS_DEFAULT_REGION",
  "AWS_EXECUTION_ENV",
  "AWS_LAMBDA_FUNCTION_MEMORY_SIZE",
  "AWS_LAMBDA_FUNCTION_NAME",
  "AWS_LAMBDA_FUNCTION_VERSION",
  "AWS_LAMBDA_INITIALIZATION_TYPE",
  "AWS_LAMBDA_LOG_GROUP_NAME",
  "AWS_LAMBDA_LOG_STREAM_NAME",
  "AWS_LAMBDA_MAX_CONCURRENCY",
  "AWS_LAMBDA_METADATA_API",
  "AWS_LAMBDA_METADATA_TOKEN",
  "AWS_LAMBDA_RUNTIME_API",
  "AWS_REGION",
  "AWS_SECRET_ACCESS_KEY",
  "AWS_SESSION_TOKEN",
  "LAMBDA_RUNTIME_DIR",
  "LAMBDA_TASK_ROOT",
  "_HANDLER",
  "_X_AMZN_TRACE_ID",
]);

type Found = Omit<Refusal, "platform">;

/** What Lambda would refuse of a function's environment. */
export function environmentProblems(
  part: TypedPart<"lambda-function">,
  parts: readonly AwsPart[],
  stack: AwsStack,
): readonly Found[] {
  const { resource, config } = part;
  return [
    ...Object.keys(config.environment).flatMap((name) => nameProblem(resource, name)),
    ...sizeProblem(resource, deployed(config.environment, parts, stack)),
  ];
}

function nameProblem(resource: string, name: string): readonly Found[] {
  const reserved = RESERVED.has(name);
  if (!reserved && NAME.test(name)) return [];
  return [
    {
      resource,
      path: `environment.${name}`,
      problem: reserved
        ? `function "${resource}" sets ${name}, which Lambda sets itself`
        : `function "${resource}" sets ${name}; Lambda takes names of two characters and more that begin with a letter`,
      fix: "Give the variable another name.",
    },
  ];
}

/** Lambda measures all variables together, written as JSON. */
function sizeProblem(
  resource: string,
  variables: Readonly<Record<string, string>>,
): readonly Found[] {
  const bytes = sizeOf(variables);
  if (bytes <= LARGEST_ENVIRONMENT) return [];
  const largest = Object.entries(variables)
    .map(([name, value]) => ({ name, size: sizeOf({ [name]: value }) }))
    .sort((one, other) => other.size - one.size)
    .slice(0, 5)
    .map(({ name, size }) => `${name} ${size}`);
  return [
    {
      resource,
      path: "environment",
      problem: `the environment of "${resource}" is ${bytes} bytes; Lambda takes ${LARGEST_ENVIRONMENT} (the largest: ${largest.join(", ")})`,
      fix: "Put long values into a secret or a file, or divide its triggers and links between two functions.",
    },
  ];
}

function sizeOf(variables: Readonly<Record<string, string>>): number {
  return Buffer.byteLength(JSON.stringify(variables), "utf8");
}

/** The values as they will be: what is not known of a queue is its URL, which follows from its name. */
function deployed(
  environment: Readonly<Record<string, Json>>,
  parts: readonly AwsPart[],
  { place }: AwsStack,
): Readonly<Record<string, string>> {
  const byId = new Map(parts.map((part) => [part.id, part]));
  const url = (part: string) =>
    `https://sqs.${place.region}.amazonaws.com/${place.account}/${byId.get(part)?.name}`;
  return Object.fromEntries(
    Object.entries(environment).map(([name, value]) => [
      name,
      String(
        resolve(value, ({ $ref, attribute }) => byId.get($ref)?.known?.[attribute] ?? url($ref)),
      ),
    ]),
  );
}
