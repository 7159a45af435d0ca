// Runs in a process of its own: imports the bundled alien.ts, writes one Evaluation to descriptor 3, and ends.
// alien.ts may print, throw or exit as it likes; none of that reaches the process that loads it.
import { readFileSync } from "node:fs";
import type { Resource, StackData } from "@alienplatform/core";
import type { Collected } from "@alienplatform/core/collect";
import { collectedBy } from "./collected-by.ts";
import type { Evaluated, PayloadCheck, PayloadIssue, QueueSchema } from "./evaluation.ts";
import { payloadIssues } from "./payload-issues.ts";
import { end, failed, reportOnce } from "./report-once.ts";

const [, , bundle = ""] = process.argv;

process.on("uncaughtException", (error) => end(failed(error)));
await reportOnce(async (): Promise<Evaluated> => {
  const collected = await collectedBy(bundle);
  return { ...evaluated(collected), ...(await checked(collected.resources)) };
});

function evaluated(collected: Collected<Readonly<Record<string, unknown>>>) {
  const exported = kindOf(collected.value);
  const resources = typeof exported === "string" ? collected.resources : exported.resources;
  return {
    exported:
      typeof exported === "string" ? exported : { ...exported, resources: plain(resources) },
    resources: plain(collected.resources),
    stacks: collected.stacks.map(({ name }) => name),
    schemas: Object.fromEntries(
      resources.flatMap((resource) => {
        if (resource.type !== "queue" || resource.schema === undefined) return [];
        return [[resource.id, jsonSchema(resource.schema["~standard"])]];
      }),
    ),
  };
}

/** Descriptor 4 says what to check, if anything. */
async function checked(
  resources: readonly Resource[],
): Promise<{ readonly issues?: readonly PayloadIssue[] }> {
  // The process that loads alien.ts writes nothing else.
  const check = JSON.parse(readFileSync(4, "utf8")) as Partial<PayloadCheck>;
  const issues = await payloadIssues(resources, check);
  return issues === undefined ? {} : { issues };
}

function kindOf(
  exports: Readonly<Record<string, unknown>>,
): StackData | "nothing" | "builder" | "other" {
  if (!("default" in exports)) return "nothing";
  const value = exports.default;
  if (typeof value !== "object" || value === null) return "other";
  if ("build" in value) return "builder";
  // Only a stack has both; Stack.build() has checked the rest.
  return "platforms" in value && "resources" in value ? (value as StackData) : "other";
}

/** A schema is code; what it says about itself is carried beside the stack. */
function plain(resources: readonly Resource[]): readonly Resource[] {
  return resources.map((resource) => {
    if (resource.type !== "queue") return resource;
    const { schema: _, ...data } = resource;
    return data;
  });
}

function jsonSchema(standard: object): QueueSchema {
  // Standard JSON Schema, which not every library has.
  const { jsonSchema: converter } = standard as {
    jsonSchema?: { input(options: { target: string }): Record<string, unknown> };
  };
  try {
    return converter?.input({ target: "draft-2020-12" }) ?? true;
  } catch {
    // The schema has no JSON form (a transform, a custom check); it is still checked at run time.
    return true;
  }
}
