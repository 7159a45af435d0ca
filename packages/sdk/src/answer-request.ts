import { AlienError } from "@alienplatform/core";
import type { Fetch } from "./fetch.ts";

/**
 * What a function's fetch answers. What it throws is told to whoever runs the function: the one who asked learns nothing
 * but the status, 401 where verifyRequest() has refused it and 500 else.
 */
export async function answerRequest(
  fetch: Fetch,
  request: Request,
  tell: (error: unknown) => void,
): Promise<Response> {
  try {
    const answer: unknown = await fetch(request);
    if (isResponse(answer)) return answer;
    throw new TypeError(
      `fetch answered ${answer === null ? "null" : typeof answer}, not a Response: return new Response("hello")`,
    );
  } catch (error) {
    tell(error);
    const unsigned = error instanceof AlienError && error.code === "SIGNATURE_INVALID";
    return new Response(undefined, { status: unsigned ? 401 : 500 });
  }
}

/** Of any realm and library. */
function isResponse(answer: unknown): answer is Response {
  return (
    typeof answer === "object" &&
    answer !== null &&
    "status" in answer &&
    "headers" in answer &&
    "arrayBuffer" in answer
  );
}
