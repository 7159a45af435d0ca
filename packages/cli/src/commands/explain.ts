import { readFile } from "node:fs/promises";
import { AlienError, nearest } from "@alienplatform/core";
import { Command } from "commander";
import type { Context } from "../context.ts";
import { packageRoot } from "../package-root.ts";

/** `alien explain`: what an error's code means and what to do about it, without the network. */
export function explainCommand(context: Context): Command {
  return new Command("explain")
    .description("say what the code of an error means and what to do about it")
    .argument("<code>", "as an error shows it, MESSAGE_TOO_LARGE for example")
    .option("--json", "print JSON")
    .action(async (given: string, options: { readonly json?: boolean }) => {
      const sections = await readSections();
      const code = given.toUpperCase();
      const text = sections.get(code);
      if (text === undefined) throw unknownCode(given, nearest(code, sections.keys()));
      const { data, colors } = context.terminal;
      data(
        options.json
          ? JSON.stringify({ version: 1, code, text })
          : `${colors.bold(code)}\n\n${text.replaceAll(/\[([^\]]*)\]\([^)]*\)/g, "$1")}`,
      );
    });
}

/** The sections of docs/errors.md by code. A build puts the document beside the command. */
async function readSections(): Promise<ReadonlyMap<string, string>> {
  const root = packageRoot();
  const text = await readFile(new URL("dist/errors.md", root), "utf8").catch(() =>
    readFile(new URL("../../docs/errors.md", root), "utf8"),
  );
  const [, ...sections] = text.split(/^## /m);
  return new Map(
    sections.map((section) => {
      const end = section.indexOf("\n");
      return [section.slice(0, end).trim(), section.slice(end).trim()] as const;
    }),
  );
}

function unknownCode(given: string, near: readonly string[]): AlienError {
  return new AlienError("COMMAND_INVALID", `no error has the code "${given}"`, {
    fix:
      near.length === 0 ? "Write it as the error shows it." : `Did you mean ${near.join(" or ")}?`,
  });
}
