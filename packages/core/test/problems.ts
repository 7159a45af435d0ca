import { AlienError, type Problem } from "@alienplatform/core";

/** The problems that a build() reports; none where it succeeds. */
export function problemsOf(build: () => unknown): readonly Problem[] {
  return (failureOf(build)?.details.problems ?? []) as readonly Problem[];
}

/** The error that a build() throws. */
export function failureOf(build: () => unknown): AlienError | undefined {
  try {
    build();
    return undefined;
  } catch (error) {
    if (error instanceof AlienError) return error;
    throw error;
  }
}
