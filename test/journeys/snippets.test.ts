import { existsSync, readFileSync, rmSync } from "node:fs";
import { join, resolve } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { root } from "../source-files.ts";
import { type Block, placeOf, RUNNABLE } from "./snippets/blocks.ts";
import { CommandLine } from "./snippets/command-line.ts";
import { expectJson, expectLines } from "./snippets/lines.ts";
import { isTest, pages, projectFor, temporaryHome, writeBlock } from "./snippets/pages.ts";
import { settings } from "./snippets/settings.ts";
import { lackingProgram, type Printed, type } from "./snippets/shell.ts";
import { runTypeScript } from "./snippets/typescript.ts";

// Whatever a document shows to be typed is run here, unless the document says who runs it or why nobody does. What is
// new is run too: a block that cannot be fails, with its place, until it is mended or says why.
const all = pages();
const home = temporaryHome();
// npm test promises to need Node alone, so that a machine without curl skips these and says so; CI must have it.
const lacking = lackingProgram();
let commands: CommandLine;

beforeAll(async () => {
  commands = await CommandLine.open(home);
});

afterAll(async () => {
  await commands.close();
  rmSync(home, { recursive: true, force: true });
});

it("who else runs a block is a test that names its document, and a reason is one", () => {
  const wrong = all.flatMap(({ path, blocks }) =>
    blocks.filter(({ excuse }) => {
      if (excuse === undefined) return false;
      if ("because" in excuse) return excuse.because.length < 12;
      const test = resolve(root, excuse.by);
      return !existsSync(test) || !readFileSync(test, "utf8").includes(path);
    }),
  );
  expect(wrong.map(placeOf)).toEqual([]);
});

it("CI has the programs that documents are typed with", () => {
  if (process.env.CI === "true") expect(lacking).toBeUndefined();
});

it("no block is in a language that nobody knows, and no command in none", () => {
  const known = ["", "text", ...RUNNABLE];
  const isCommand = ({ language, text }: Block) =>
    language === "" && /^(\$ )?(alien|npx|npm|curl) /m.test(text);
  const unknown = all.flatMap(({ blocks }) =>
    blocks.filter((one) => !known.includes(one.language) || isCommand(one)),
  );
  expect(unknown.map(placeOf)).toEqual([]);
});

for (const { path, blocks } of all) {
  const run = blocks.filter((one) => one.excuse === undefined && !isTest(one));
  if (!run.some(({ language }) => RUNNABLE.has(language))) continue;
  const setting = settings[path] ?? {};
  const folder = projectFor(home, path, setting.files);
  const files = new Map(
    run.filter(({ language }) => language === "ts").map((one) => [one, writeBlock(folder, one)]),
  );
  const name = lacking === undefined ? path : `${path} (not run: there is no ${lacking})`;
  describe.skipIf(lacking !== undefined)(name, () => {
    let environment: NodeJS.ProcessEnv = {};
    let stop: () => Promise<void> = async () => undefined;
    beforeAll(async () => {
      environment = { ...commands.environment, ...(await setting.environment?.()) };
      if (setting.dev !== true) return;
      stop = await commands.dev(folder);
      // Where programs find it that dev has not started itself.
      const api = JSON.parse(readFileSync(join(folder, ".alien/local/api.json"), "utf8"));
      environment.ALIEN_API_URL = api.url;
      environment.ALIEN_API_TOKEN = api.token;
    });
    afterAll(() => stop());
    let printed: (Printed & { heading: string }) | undefined;
    for (const block of run) {
      const file = files.get(block);
      const shows = block.language === "text" && typedBefore(block, run);
      if (!RUNNABLE.has(block.language) && !shows) continue;
      it(`${placeOf(block)} is true`, async () => {
        try {
          if (file !== undefined) await runTypeScript(file, block, setting, load);
          else if (isTyped(block)) {
            printed = {
              ...(await type(block, { folder, environment, before: setting.typed })),
              heading: block.heading,
            };
          } else if (printed?.heading === block.heading) {
            if (block.language === "json") expectJson(printed.stdout, block.text);
            else expectLines(printed.lines, block.text.split("\n"));
          } else if (block.language === "json") check(block);
          else
            throw new Error(
              `nobody runs ${block.language} here: say above it who does, or why not`,
            );
        } catch (error) {
          // The place first: an editor opens it.
          if (error instanceof Error) error.message = `${placeOf(block)}: ${error.message}`;
          throw error;
        }
      });
    }
  });

  function check(block: Block): void {
    expect(setting.json, "no setting says what its JSON is").toBeDefined();
    setting.json?.(block);
  }
}

/** A text is compared where something was typed under its heading. */
function typedBefore({ heading, line }: Block, blocks: readonly Block[]): boolean {
  return blocks.some((one) => isTyped(one) && one.heading === heading && one.line < line);
}

function isTyped({ language }: Block): boolean {
  return ["sh", "bash", "console"].includes(language);
}

function load(file: string): Promise<Readonly<Record<string, unknown>>> {
  return import(/* @vite-ignore */ file);
}
