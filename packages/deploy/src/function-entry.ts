import { relative, resolve } from "node:path";
import { AlienError, type FunctionResource } from "@alienplatform/core";
import { isFile } from "./find-stack-file.ts";
import type { LoadedStack } from "./load-stack.ts";

/** The file of a function: what code() names, else src/<id>.ts or <id>.ts (or .js, .mjs) beside alien.ts. */
export async function functionEntry(
  { directory }: Pick<LoadedStack, "directory">,
  { id, code }: Pick<FunctionResource, "id" | "code">,
): Promise<string> {
  const defaults = ["src/", ""].flatMap((folder) =>
    [".ts", ".js", ".mjs"].map((extension) => `${folder}${id}${extension}`),
  );
  const places = (code === undefined ? defaults : [code]).map((place) => resolve(directory, place));
  for (const place of places) if (await isFile(place)) return place;
  const looked = places.map((place) => relative(directory, place)).join(", ");
  throw new AlienError("STACK_INVALID", `function "${id}" has no file: looked for ${looked}`, {
    fix:
      code === undefined
        ? `Create src/${id}.ts, or name the file with .code("./path/to/${id}.ts").`
        : "Create the file, or correct .code(...) in alien.ts.",
    details: { function: id, places },
  });
}
