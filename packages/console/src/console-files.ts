import { readdir, readFile } from "node:fs/promises";
import { extname, join, relative, sep } from "node:path";
import { builtFolder } from "./built-folder.ts";

/** One file of the console, as a server answers it. */
export interface ConsoleFile {
  readonly body: Uint8Array<ArrayBuffer>;
  /** The Content-Type. */
  readonly type: string;
  /** Its name changes with its content: may be cached for ever. All others are to be asked for again. */
  readonly immutable: boolean;
}

/**
 * The file at a path below /console/ ("", "assets/index-1a2b.js"); the page itself for every path that
 * is no file, since it reads from the address what to show. `token` goes into the page, which sends it with what changes something.
 */
export type ConsoleFiles = (path: string, token?: string) => ConsoleFile | undefined;

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".svg": "image/svg+xml",
};

const PAGE = "index.html";
const TOKEN = '<meta name="alien-api-token" content="" />';

const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  '"': "&quot;",
  "<": "&lt;",
  ">": "&gt;",
};

/** Reads the console's files, all of them: 80 kB compressed. The page asks its server's root for the HTTP API. */
export async function consoleFiles(): Promise<ConsoleFiles> {
  const folder = await builtFolder();
  const files = new Map<string, ConsoleFile>();
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  for (const entry of entries.filter((each) => each.isFile())) {
    const file = join(entry.parentPath, entry.name);
    const type = TYPES[extname(entry.name)];
    if (type === undefined) continue;
    const path = relative(folder, file).split(sep).join("/");
    const body = new Uint8Array(await readFile(file));
    files.set(path, { body, type, immutable: path.startsWith("assets/") });
  }
  return (path, token) => {
    const name = path.replace(/^\//, "");
    if (name.startsWith("assets/") || (files.has(name) && name !== PAGE)) return files.get(name);
    const page = files.get(PAGE);
    return page === undefined || token === undefined ? page : withToken(page, token);
  };
}

function withToken(page: ConsoleFile, token: string): ConsoleFile {
  const text = new TextDecoder().decode(page.body);
  const safe = token.replaceAll(/[&"<>]/g, (character) => ESCAPES[character] ?? "");
  return {
    ...page,
    // By a function, since "$&" in a replacement has a meaning.
    body: new TextEncoder().encode(
      text.replace(TOKEN, () => TOKEN.replace('""', () => `"${safe}"`)),
    ),
  };
}
