import { type PushedFunction, type Sources, wholeResponse } from "@alienplatform/bindings";
import { readPushIdentity } from "./client.ts";
import { type NodeListener, nodeListener } from "./function/node-listener.ts";
import { PushHandler } from "./function/push-handler.ts";
import { PUSH_PATH } from "./function/push-path.ts";
import { type Certificates, PushVerifier } from "./function/push-verifier.ts";

/** What Google's host calls: a listener of Node's, as functions-framework and a server of one's own take it. */
export interface PushEndpoint extends NodeListener {
  /** The same for a runtime of web-standard requests. */
  readonly fetch: (request: Request) => Promise<Response>;
}

export interface EntryOptions {
  /** Google's public keys, in place of those that Google serves. */
  readonly certificates?: () => Promise<Certificates>;
}

/**
 * Makes a function the consumer of its queues: Pub/Sub posts each message to it. Every push has to carry a token of the
 * subscription's service account for this function; what has none is answered 401 or 403 and runs nothing. Of a function
 * that serves HTTP too, pushes have a path of their own, and all others are its own.
 */
export function entry(
  pushed: PushedFunction,
  sources: Sources,
  { certificates }: EntryOptions = {},
): PushEndpoint {
  let verifier: PushVerifier | undefined;
  const handler = new PushHandler({
    pushed,
    sources,
    verifier: () => {
      verifier ??= new PushVerifier(readPushIdentity(process.env), certificates);
      return verifier;
    },
  });
  const isPush = ({ url }: Request) => !pushed.servesHttp() || new URL(url).pathname === PUSH_PATH;
  const fetch = (request: Request) =>
    isPush(request) ? handler.handle(request) : pushed.fetch(request);
  const answer = async (request: Request) =>
    isPush(request) ? wholeResponse(await handler.handle(request)) : pushed.answer(request);
  return Object.assign(nodeListener(answer), { fetch });
}
