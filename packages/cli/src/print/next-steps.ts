import type { Colors } from "../terminal.ts";

const PACKED = "out/packages/alienplatform-{core,bindings,sdk,deploy,local,api,console,cli}-*.tgz";

/** What is left to do after `alien init`. */
export interface NextSteps {
  /** "" where the project is right here. */
  readonly folder: string;
  /** Files of the template that were there. */
  readonly kept: readonly string[];
  /** Where the packages are packed, where that is known. */
  readonly checkout: string | undefined;
  /** No line of .gitignore is for .alien/. */
  readonly unignored: boolean;
  readonly tools: readonly string[];
  /** What package.json lacks. */
  readonly scripts: Readonly<Record<string, string>>;
  /** The names of the scripts; of none that sends where src/send.ts is something else. */
  readonly dev: string;
  readonly send: string | undefined;
}

/** What to type after `alien init`. */
export function printNextSteps(next: NextSteps, colors: Colors): string {
  const { folder, kept, tools, dev, send } = next;
  // As README.md's quick start has it.
  const from = next.checkout === undefined ? "<checkout>" : quoted(next.checkout);
  const scripts = Object.entries(next.scripts).map(
    ([name, command]) => `scripts.${name}="${command}"`,
  );
  const steps = [
    ...(folder === "" ? [] : [`cd ${quoted(folder)}`]),
    `npm install ${from}/${PACKED}`,
    ...(tools.length === 0 ? [] : [`npm install --save-dev ${tools.join(" ")}`]),
    ...(scripts.length === 0 ? [] : [`npm pkg set ${scripts.join(" ")}`]),
    `npm run ${dev}`,
  ];
  const sending =
    send === undefined ? `npx --no alien queue send tasks '{"name":"world"}'` : `npm run ${send}`;
  return [
    ...(kept.length === 0 ? [] : ["", `Left as they were: ${kept.join(", ")}`]),
    ...(next.unignored ? ["Add the line .alien/ to .gitignore: messages are kept there."] : []),
    ...(kept.includes("src/worker.ts")
      ? [
          'src/worker.ts would run as the function "worker": call onQueueMessage() in it, or give the function of alien.ts another name.',
        ]
      : []),
    "",
    "Next:",
    ...steps.map((step) => `  ${colors.cyan(step)}`),
    "",
    "The packages are on no registry yet: npm run build && npm run pack, in a checkout of them, writes those files.",
    `Then, in a second terminal: ${colors.cyan(sending)}`,
  ].join("\n");
}

/** As a shell takes it. */
function quoted(path: string): string {
  return /^[\w./\\:~-]+$/.test(path) ? path : `'${path.replaceAll("'", "'\\''")}'`;
}
