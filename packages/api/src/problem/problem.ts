import { AlienError } from "@alienplatform/core";
import { HTTPException } from "hono/http-exception";
import { z } from "zod";
import { refusedInput } from "./refused-input.ts";
import { statusOf } from "./status-of.ts";

/** A name and no address: the pages are on no site yet, and `alien explain <code>` has them without a network. */
const TYPE = "urn:alien-queues:error";

/** An error as the API tells it: RFC 9457, with our code and what to do about it. */
export const problemSchema = z
  .object({
    type: z.string().describe("urn:alien-queues:error:<code>."),
    title: z.string(),
    status: z.int(),
    code: z.string().describe("One of docs/errors.md; programs act on it."),
    detail: z.string().describe("What happened, with names and numbers."),
    fix: z.string().optional().describe("What to do about it."),
    retryable: z.boolean(),
    details: z.record(z.string(), z.unknown()).optional(),
  })
  .meta({ id: "Problem" });

export type Problem = z.output<typeof problemSchema>;

/** Any error as a problem. What is not our own error is told by its name alone: its message may hold anything. */
export function problemOf(thrown: unknown, status?: number): Problem {
  const error = asAlienError(thrown);
  const { code, message, fix, retryable, details } = error;
  return {
    type: `${TYPE}:${code}`,
    title: titleOf(code),
    status: status ?? statusOf(code, retryable),
    code,
    detail: message,
    ...(fix === undefined ? {} : { fix }),
    retryable,
    ...(Object.keys(details).length === 0 ? {} : { details }),
  };
}

/** The answer that tells a problem. */
export function problemResponse(thrown: unknown, status?: number): Response {
  const problem = problemOf(thrown, thrown instanceof HTTPException ? thrown.status : status);
  const headers = new Headers({ "content-type": "application/problem+json" });
  const wait = problem.details?.retryAfterMs;
  if (problem.status === 401) headers.set("www-authenticate", 'Bearer realm="alien"');
  if (problem.status === 429 || problem.status === 503) {
    headers.set("retry-after", String(typeof wait === "number" ? Math.ceil(wait / 1_000) : 1));
  }
  return new Response(JSON.stringify(problem), { status: problem.status, headers });
}

function asAlienError(thrown: unknown): AlienError {
  if (thrown instanceof AlienError) return thrown;
  if (thrown instanceof z.ZodError) return refusedInput(thrown);
  if (thrown instanceof HTTPException) {
    return new AlienError("OPTION_INVALID", thrown.message || `status ${thrown.status}`);
  }
  const name = thrown instanceof Error ? thrown.name : typeof thrown;
  return new AlienError("DRIVER_FAILED", `the request failed with ${name}, which nobody expected`, {
    fix: "Look into the output of whoever serves this API; please report it.",
  });
}

/** "QUEUE_PAUSED" as "Queue paused". */
function titleOf(code: string): string {
  const words = code.toLowerCase().replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
