// Runs in a process of its own: imports the bundled alien.ts, writes one Evaluation to descriptor 3, and ends.
// alien.ts may print, throw or exit as it likes; none of that reaches the process that loads it.
import { writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import type { Resource, StackData } from "@alienplatform/core";
import type { Collected } from "@alienplatform/core/collect";
import type { Evaluation, QueueSchema, ThrownError } from "./evaluation.ts";

const exit = process.exit.bind(process);

process.exit = (code) => {
  const given = code === undefined ? "" : String(code);
  finish({ ok: false, error: thrown(new Error(`process.exit(${given}) was called`)) });
};
process.on("uncaughtException", (error) => finish({ ok: false, error: thrown(error) }));

const [, , bundle = ""] = process.argv;
try {
  // The generated entry exports exactly this.
  const { collected } = (await import(pathToFileURL(bundle).href)) as {
    collected: Collected<Readonly<Record<string, unknown>>>;
  };
  finish({ ok: true, ...evaluated(collected) });
} catch (error) {
  finish({ ok: false, error: thrown(error) });
}

function finish(evaluation: Evaluation): never {
  const bytes = Buffer.from(JSON.stringify(evaluation));
  for (let written = 0; written < bytes.length; ) written += writeSync(3, bytes, written);
  return exit(0);
}

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

function thrown(error: unknown): ThrownError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "" };
  const { code, fix, details } = error as { code?: unknown; fix?: unknown; details?: unknown };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack ?? "",
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof fix === "string" ? { fix } : {}),
    ...(typeof details === "object" && details !== null ? { details: { ...details } } : {}),
  };
}
