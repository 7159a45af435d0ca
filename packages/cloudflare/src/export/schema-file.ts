import type { WrittenPart } from "./written-parts.ts";

const FILE = "state.sql";

/** What makes the tables of the stage's database, as a file: no other tool has a word for them. */
export function schemaFiles(parts: readonly WrittenPart[]): readonly (readonly [string, string])[] {
  return parts.flatMap(({ type, config }) =>
    type === "d1-database"
      ? [[FILE, `${Object.values(config.schema).join(";\n")};\n`] as const]
      : [],
  );
}

/** Makes the database. https://developers.cloudflare.com/d1/wrangler-commands/ */
export function databaseSteps(written: WrittenPart): readonly string[] {
  if (written.type !== "d1-database") return [];
  return [`npx wrangler d1 create ${written.name}`, ...schemaSteps(written)];
}

/** Makes the tables in it. */
export function schemaSteps({ type, name }: Pick<WrittenPart, "type" | "name">): readonly string[] {
  return type === "d1-database" ? [`npx wrangler d1 execute ${name} --remote --file ${FILE}`] : [];
}
