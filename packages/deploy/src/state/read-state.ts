import { AlienError } from "@alienplatform/core";
import type { State } from "./state.ts";
import type { StateStore } from "./state-store.ts";

const VERSION = 1;

/** A state and what the next write has to name. */
export interface ReadState {
  readonly state: State;
  readonly version: string;
}

/** The state that is stored, or undefined where nothing was deployed yet. Throws where it cannot be understood. */
export async function readState(
  store: StateStore,
  signal: AbortSignal,
): Promise<ReadState | undefined> {
  const stored = await store.read(signal);
  if (stored === undefined) return undefined;
  return { state: parseState(stored.text, store.url), version: stored.version };
}

/** The text that is stored. */
export function stateText(state: State): string {
  return `${JSON.stringify(state, undefined, 1)}\n`;
}

function parseState(text: string, url: string): State {
  const value = parsed(text, url);
  if (typeof value !== "object" || value === null) throw damaged(url, "it is not an object");
  const document = new Map<string, unknown>(Object.entries(value));
  const version = document.get("version");
  if (typeof version === "number" && version > VERSION) {
    const problem = `the state in ${url} has version ${version}; this program reads ${VERSION}`;
    throw new AlienError("STATE_VERSION", problem, {
      fix: "Use the version of alien that wrote it, or a newer one.",
      details: { version, reads: VERSION, url },
    });
  }
  for (const [field, type] of FIELDS) {
    const found = document.get(field);
    if (typeof found !== type || found === null) {
      throw damaged(url, `"${field}" is ${found === undefined ? "missing" : `no ${type}`}`);
    }
  }
  // Its fields were checked, and what is deeper was written by this program in one piece.
  const state = value as State;
  for (const [id, entry] of Object.entries(state.parts)) {
    if (!isEntry(entry)) throw damaged(url, `part "${id}" is not whole`);
  }
  return state;
}

/** Whether a part has what the engine cannot do without. */
function isEntry(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const entry = new Map<string, unknown>(Object.entries(value));
  const isText = (field: string) => typeof entry.get(field) === "string";
  return (
    ["type", "name", "resource", "status"].every(isText) &&
    entry.has("config") &&
    Array.isArray(entry.get("dependsOn"))
  );
}

const FIELDS = [
  ["version", "number"],
  ["lineage", "string"],
  ["serial", "number"],
  ["fence", "number"],
  ["place", "object"],
  ["parts", "object"],
  ["bindings", "object"],
] as const;

function parsed(text: string, url: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw damaged(url, "it is not JSON", cause);
  }
}

function damaged(url: string, why: string, cause?: unknown): AlienError {
  return new AlienError("STATE_DAMAGED", `the state in ${url} cannot be understood: ${why}`, {
    fix: "Put an older copy in its place: a folder keeps the last ten as numbered files.",
    details: { url },
    cause,
  });
}
