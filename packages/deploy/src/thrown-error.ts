/** An error as it crosses the border between processes. */
export interface ThrownError {
  readonly name: string;
  readonly message: string;
  readonly stack: string;
  /** An ErrorCode of ours, or one of node's. */
  readonly code?: string;
  readonly fix?: string;
  readonly details?: Readonly<Record<string, unknown>>;
}

/** What was thrown, as plain data. */
export function thrownError(error: unknown): ThrownError {
  if (!(error instanceof Error)) return { name: "Error", message: String(error), stack: "" };
  const { code, fix, details } = error as { code?: unknown; fix?: unknown; details?: unknown };
  return {
    name: error.name,
    message: error.message,
    stack: error.stack ?? "",
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof fix === "string" ? { fix } : {}),
    ...(typeof details === "object" && details !== null ? { details: { ...details } } : {}),
  };
}
