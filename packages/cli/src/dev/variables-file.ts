import { parseEnv } from "node:util";

/** What a file of variables sets, and which of its lines set nothing. */
export interface VariablesFile {
  readonly variables: Readonly<Record<string, string>>;
  readonly problems: readonly LineProblem[];
}

/** A line that sets nothing, or not what it seems to. What it says is not told: it may be half of a secret. */
export interface LineProblem {
  /** From 1. */
  readonly line: number;
  readonly problem: string;
  readonly fix: string;
}

const SETTING = /^(?:export\s+)?([^\s=#'"`]+)\s*=\s*(.*)$/s;

/**
 * Reads a file of variables by Node's own rules. Node's parser gets the lines that set something alone: of one without
 * "=" node 20 makes a name that goes on over the line's end, and the variable of the next line is lost.
 */
export function readVariables(text: string): VariablesFile {
  const lines = text.replace(/^\uFEFF/, "").split(/\r?\n/);
  const problems: LineProblem[] = [];
  const good: string[] = [];
  for (let at = 0; at < lines.length; at++) {
    const line = (lines[at] ?? "").trimStart();
    if (line === "" || line.startsWith("#")) continue;
    const [, name, value] = SETTING.exec(line) ?? [];
    if (name === undefined || value === undefined) {
      problems.push({ line: at + 1, ...NO_SETTING });
      continue;
    }
    good.push(`${name}=${value}`);
    const quote = /^["'`]/.exec(value)?.[0];
    if (quote === undefined) continue;
    const from = at;
    // A value in quotes may go on over lines.
    let rest = afterQuote(value.slice(1), quote);
    while (rest === undefined && at + 1 < lines.length) rest = afterQuote(lines[++at] ?? "", quote);
    if (rest === undefined) {
      problems.push({ line: from + 1, ...unclosed(quote) });
      at = from;
      continue;
    }
    good.push(...lines.slice(from + 1, at + 1));
    if (!/^\s*(#|$)/.test(rest)) problems.push({ line: at + 1, ...goesOn(quote) });
  }
  // A value is a string wherever there is one.
  return { variables: parseEnv(good.join("\n")) as Record<string, string>, problems };
}

/** What follows the quote; undefined where there is none. */
function afterQuote(text: string, quote: string): string | undefined {
  const end = text.indexOf(quote);
  return end < 0 ? undefined : text.slice(end + 1);
}

const NO_SETTING = {
  problem: "sets nothing",
  fix: "write NAME=value, with a name without spaces, or begin it with # where it is a comment",
};

function unclosed(quote: string) {
  return {
    problem: `begins a value with ${quote} and no line ends it`,
    fix: `end the value with ${quote}, or leave the quote out`,
  };
}

function goesOn(quote: string) {
  return {
    problem: `has more after the ${quote} that ends its value, which is left out`,
    fix: `look whether that ${quote} belongs to a line above, whose own is missing; put a value that has ${quote} in it into other quotes`,
  };
}
