import { relative } from "node:path";
import { AlienError, type AlienErrorOptions, type ErrorCode } from "@alienplatform/core";
import { codeFrame, type SourceLocation } from "./code-frame.ts";

/** An error that names its place as `alien.ts:3:9` and shows the lines around it in `details.frame`. */
export async function locatedError(
  code: ErrorCode,
  message: string,
  directory: string,
  location: SourceLocation | undefined,
  options: AlienErrorOptions = {},
): Promise<AlienError> {
  if (location === undefined) return new AlienError(code, message, options);
  const { file, line, column } = location;
  const frame = await codeFrame(location);
  return new AlienError(code, `${relative(directory, file)}:${line}:${column}: ${message}`, {
    ...options,
    details: { ...options.details, file, line, column, ...(frame === undefined ? {} : { frame }) },
  });
}
