import { fileURLToPath } from "node:url";

// Strings that the compiler does not rewrite, so they have to follow this file's own extension.
const answer = fileURLToPath(
  new URL(import.meta.url.endsWith(".ts") ? "./answer.ts" : "./answer.js", import.meta.url),
);

/** The module that a bundle starts with that only says what a function's file handles. Absolute paths. */
export function checkSource(file: string, shown: string): string {
  return `import { answer } from ${JSON.stringify(answer)};
import { missingHandlers } from "@alienplatform/sdk/check";
await answer(() => missingHandlers(() => import(${JSON.stringify(file)}), ${JSON.stringify(shown)}));`;
}
