import type { IncomingMessage, RequestListener, ServerResponse } from "node:http";

/**
 * Answers requests of a server by what takes its time. Whoever asked may be gone before the end of the question or of
 * the answer, killed or told to stop, which is nobody's mistake; whatever else fails is one of ours, and of no test.
 */
export function answering(
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): RequestListener {
  return (request, response) => {
    answer(request, response).catch((error: unknown) => {
      const gone = request.socket.destroyed;
      response.destroy();
      if (!gone) throw error;
    });
  };
}
