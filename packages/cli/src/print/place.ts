import { isAbsolute, relative } from "node:path";

const FRAME = /^\s+at (?:(.*) \()?(?:async )?(?:file:\/\/)?(.+?):(\d+):(\d+)\)?$/;
/** No frame is longer, and what a message may hold is not searched at length. */
const LONGEST_FRAME = 1_000;

/** Packages, and what a bundle begins with. */
const GENERATED = /(^|[\\/])(node_modules|\.alien)[\\/]|^alien-entry\.mjs$/;

/** One call of a stack that lies in the project's own source. */
export interface Place {
  readonly file: string;
  /** Relative to the project. */
  readonly path: string;
  readonly line: number;
  readonly column: number;
  /** What was called there, where it has a name. */
  readonly call?: string;
}

/** The calls of a stack that lie in the project's own source, innermost first: packages are passed over. */
export function placesOf(stack: string | undefined, directory: string): readonly Place[] {
  return (stack?.split("\n") ?? []).flatMap((text) => {
    const match = text.length <= LONGEST_FRAME ? FRAME.exec(text) : undefined;
    const [, call, file, line, column] = match ?? [];
    if (file === undefined || !isAbsolute(file)) return [];
    const path = relative(directory, file);
    const outside = path.startsWith("..") || isAbsolute(path);
    if (outside || GENERATED.test(path)) return [];
    const place = { file, path, line: Number(line), column: Number(column) };
    // A module's own code is called by the name of its file.
    const named = call !== undefined && !call.endsWith("<anonymous>") && !call.includes(path);
    return [named ? { ...place, call } : place];
  });
}

/** Where in the project's own source something was thrown, "src/worker.ts:6:48". */
export function placeOf(stack: string | undefined, directory: string): string | undefined {
  const [first] = placesOf(stack, directory);
  return first && `${first.path}:${first.line}:${first.column}`;
}
