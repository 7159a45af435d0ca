import { type AlienError, type ErrorCode, installFix } from "@alienplatform/core";
import { locatedError } from "./located-error.ts";
import { stackPlaces } from "./stack-places.ts";
import type { ThrownError } from "./thrown-error.ts";

/** What alien.ts threw, at the line of the project that led to it. */
export function evaluationError(
  error: ThrownError,
  directory: string,
  inputs: readonly string[],
): Promise<AlienError> {
  const location = stackPlaces(error.stack).find(({ file }) => inputs.includes(file));
  if (error.name === "AlienError" && error.code !== undefined) {
    return locatedError(
      // Only core throws this name, with codes of its own.
      error.code as ErrorCode,
      error.message,
      directory,
      location,
      {
        ...(error.fix === undefined ? {} : { fix: error.fix }),
        ...(error.details === undefined ? {} : { details: error.details }),
      },
    );
  }
  const missing = /^Cannot find package '([^']+)'/.exec(error.message)?.[1];
  if (error.code === "ERR_MODULE_NOT_FOUND" && missing !== undefined) {
    return locatedError(
      "STACK_LOAD_FAILED",
      `alien.ts imports "${missing}", which is not installed`,
      directory,
      location,
      { fix: installFix([missing]) },
    );
  }
  const name = error.name === "Error" ? "" : `${error.name}: `;
  return locatedError("STACK_LOAD_FAILED", `${name}${error.message}`, directory, location, {
    fix: "Correct alien.ts, or the file that it imports.",
  });
}
