import { AlienError, nearest } from "@alienplatform/core";
import type { z } from "zod";

const MOST_ISSUES = 20;
const LONGEST = 200;

/** What a schema of the API has against a request. Its messages quote no values. */
export function refusedInput(error: z.ZodError, names: readonly string[] = []): AlienError {
  const issues = error.issues.slice(0, MOST_ISSUES).map(({ path, message }) => ({
    path: cut(path.map(String).join(".")),
    message: cut(message),
  }));
  const unknown = error.issues.find((issue) => issue.code === "unrecognized_keys");
  const [mistyped] = unknown?.keys ?? [];
  if (unknown !== undefined && mistyped !== undefined) {
    const [meant] = nearest(mistyped, names);
    const fix = meant === undefined ? `The names are ${names.join(", ")}.` : `Write "${meant}".`;
    const text = `there is no "${cut([...unknown.path.map(String), mistyped].join("."))}"`;
    return new AlienError("OPTION_INVALID", text, {
      ...(names.length === 0 ? {} : { fix }),
      details: { option: cut(mistyped), issues },
    });
  }
  const [first] = issues;
  const where = first === undefined || first.path === "" ? "the request" : first.path;
  return new AlienError("OPTION_INVALID", `${where}: ${first?.message ?? "not accepted"}`, {
    fix: "Send what GET /openapi.json describes.",
    details: { ...(first?.path ? { option: first.path } : {}), issues },
  });
}

/** Names of a request may be as long as the request. */
function cut(text: string): string {
  return text.length > LONGEST ? `${text.slice(0, LONGEST)}...` : text;
}
