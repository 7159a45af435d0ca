import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { AlienError } from "@alienplatform/core";
import type { Plan } from "@alienplatform/deploy";
import type { Context } from "../context.ts";

const VERSION = 1;

/** What tells a plan from other JSON. */
const FIELDS = ["version", "operation", "place", "from", "steps", "problems", "parts", "artifacts"];

/** What `alien plan --out` has kept. */
export async function readPlan({ directory }: Context, file: string): Promise<Plan> {
  const path = resolve(directory, file);
  const text = await readFile(path, "utf8").catch((cause: unknown) => {
    throw new AlienError("PLAN_REFUSED", `there is no plan in ${file}`, {
      fix: `Make one: alien plan --out ${file}.`,
      cause,
    });
  });
  const value = parsed(text);
  if (value?.version === VERSION) return value;
  const found = value === undefined ? "is no plan" : `has version ${value.version}`;
  throw new AlienError(
    "PLAN_REFUSED",
    `${file} ${found}; this program applies version ${VERSION}`,
    {
      fix: `Make it again with this program: alien plan --out ${file}.`,
    },
  );
}

function parsed(text: string): Plan | undefined {
  try {
    const value: unknown = JSON.parse(text);
    // A file of this program: apply checks what it says against state and world.
    if (typeof value !== "object" || value === null) return undefined;
    const fields = new Set(Object.keys(value));
    return FIELDS.every((field) => fields.has(field)) ? (value as Plan) : undefined;
  } catch {
    // What it is not is said by whoever asked.
    return undefined;
  }
}
