import type { Colors } from "../terminal.ts";

/** What to type after `alien init`; `folder` is "" where the project is right here. */
export function printNextSteps(folder: string, colors: Colors): string {
  const enter = folder === "" ? [] : [`cd ${folder}`];
  const steps = [...enter, "npm install", "npm run dev"];
  return [
    "",
    "Next:",
    ...steps.map((step) => `  ${colors.cyan(step)}`),
    "",
    `Then, in a second terminal: ${colors.cyan("npm run send")}`,
  ].join("\n");
}
