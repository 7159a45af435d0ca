import { isAbsolute, relative } from "node:path";

const FRAME = /^\s+at (?:.* \()?(?:async )?(?:file:\/\/)?(.+?)(:\d+:\d+)\)?$/;
/** No frame is longer, and what a message may hold is not searched at length. */
const LONGEST_FRAME = 1_000;

/** Where in the project's own source something was thrown, "src/worker.ts:6:48": packages are passed over. */
export function placeOf(stack: string | undefined, directory: string): string | undefined {
  for (const line of stack?.split("\n") ?? []) {
    const [, file, position] = (line.length <= LONGEST_FRAME && FRAME.exec(line)) || [];
    if (file === undefined || !isAbsolute(file)) continue;
    const path = relative(directory, file);
    const outside = path.startsWith("..") || isAbsolute(path);
    if (!outside && !/(^|[\\/])node_modules[\\/]/.test(path)) return `${path}${position}`;
  }
  return undefined;
}
