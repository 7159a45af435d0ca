import type { Colors } from "../terminal.ts";

/** As README.md's quick start has it. */
const PACKED =
  "<checkout>/out/packages/alienplatform-{core,bindings,sdk,deploy,local,api,console,cli}-*.tgz";

/** What to type after `alien init`; `folder` is "" where the project is right here. */
export function printNextSteps(folder: string, colors: Colors): string {
  const enter = folder === "" ? [] : [`cd ${quoted(folder)}`];
  const steps = [...enter, `npm install ${PACKED}`, "npm run dev"];
  return [
    "",
    "Next:",
    ...steps.map((step) => `  ${colors.cyan(step)}`),
    "",
    "The packages are on no registry yet: npm run build && npm run pack, in a checkout of them, writes those files.",
    `Then, in a second terminal: ${colors.cyan("npm run send")}`,
  ].join("\n");
}

/** As a shell takes it. */
function quoted(folder: string): string {
  return /^[\w./\\:~-]+$/.test(folder) ? folder : `'${folder.replaceAll("'", "'\\''")}'`;
}
