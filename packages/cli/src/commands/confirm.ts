import { AlienError } from "@alienplatform/core";
import type { Terminal } from "../terminal.ts";

/** Asks for the name to be typed before something that cannot be undone. */
export async function confirm(terminal: Terminal, what: string, name: string): Promise<void> {
  if (terminal.ask === undefined) {
    throw new AlienError(
      "CONFIRMATION_REQUIRED",
      `this would ${what}, and nobody can be asked here`,
      {
        fix: "Add --yes if that is what you want.",
      },
    );
  }
  const answer = await terminal.ask(`This will ${what}. Type ${name} to go on: `);
  if (answer.trim() !== name) {
    throw new AlienError(
      "CONFIRMATION_REQUIRED",
      `"${answer.trim()}" is not "${name}"; nothing was done`,
    );
  }
}
