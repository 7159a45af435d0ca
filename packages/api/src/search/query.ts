import type { MessageState } from "@alienplatform/bindings/operate";
import { AlienError, nearest, parseDuration } from "@alienplatform/core";
import { readWhere, type Where } from "../look/where.ts";

/** What a search asks for; all of it holds at once. */
export interface SearchQuery {
  /** A word that stands alone. */
  readonly id?: string;
  readonly queue?: string;
  readonly state?: MessageState;
  /** Part of the last failure's message, whatever the case. */
  readonly error?: string;
  /** The last failure's code, exactly. */
  readonly code?: string;
  readonly where: readonly Where[];
  /** Since it died or, of what is not dead, was sent. */
  readonly olderThanMs?: number;
  readonly youngerThanMs?: number;
}

const STATES = ["ready", "delayed", "inFlight", "dead"] as const;
const KEYS = ["queue", "state", "error", "code", "payload", "age", "id"];
/** A word, with what stands in quotes in one piece. */
const WORD = /(?:"(?:[^"\\]|\\.)*"|[^\s"])+/g;

/** Reads `queue:emails state:dead error:timeout payload.to:"a@b" age>1h`, or an id. */
export function readQuery(text: string): SearchQuery {
  const query: { -readonly [Key in keyof SearchQuery]: SearchQuery[Key] } = { where: [] };
  for (const word of text.match(WORD) ?? []) {
    const [, key = "", sign = "", value = ""] = /^([\w.-]+)([:<>])([\s\S]+)$/.exec(word) ?? [];
    if (key === "") query.id = word;
    else if (key === "age" && sign !== ":") {
      const ms = parseDuration(value, "age");
      if (sign === ">") query.olderThanMs = ms;
      else query.youngerThanMs = ms;
    } else if (key.startsWith("payload.") && sign === ":") {
      query.where = [...query.where, readWhere(`${key.slice("payload.".length)}:${value}`)];
    } else if (
      sign === ":" &&
      (key === "queue" || key === "error" || key === "code" || key === "id")
    ) {
      query[key] = unquoted(value);
    } else if (key === "state" && sign === ":") query.state = stateOf(value);
    else throw unknownKey(key, word);
  }
  return query;
}

function stateOf(text: string): MessageState {
  const found = STATES.find((state) => state.toLowerCase() === text.toLowerCase());
  if (found !== undefined) return found;
  throw new AlienError("OPTION_INVALID", `no message is in the state ${JSON.stringify(text)}`, {
    fix: `Use one of ${STATES.join(", ")}.`,
    details: { option: "state" },
  });
}

function unquoted(text: string): string {
  if (!/^".*"$/s.test(text)) return text;
  try {
    return String(JSON.parse(text));
  } catch {
    return text.slice(1, -1); // quotes around what JSON would escape
  }
}

function unknownKey(key: string, word: string): AlienError {
  const [meant] = nearest(key, KEYS);
  return new AlienError("OPTION_INVALID", `a search has no ${JSON.stringify(word.slice(0, 60))}`, {
    fix:
      meant === undefined || meant === key
        ? 'Write queue:emails state:dead error:timeout code:Error payload.to:"a@b" age>1h, or an id.'
        : `Write ${meant}${meant === "age" ? ">1h" : ":..."}`,
    details: { option: "q" },
  });
}
