import type { DeadLetter, PeekedMessage } from "@alienplatform/bindings";
import type {
  InspectedMessage,
  MessageState,
  QueueOperations,
} from "@alienplatform/bindings/operate";
import { deadLetterView, inspectedView, peekedView } from "../view/message.ts";
import type { NextPage } from "./scan.ts";

/** A message of some state, with what the API tells of it. */
export interface FoundMessage
  extends Pick<PeekedMessage, "id" | "body" | "headers" | "sentAt" | "attempts"> {
  readonly state: MessageState;
  readonly deadAt?: number;
  readonly error?: { readonly code: string; readonly message: string };
  view(): object;
}

/** The messages of a queue in one state, or all that wait or are on loan, page by page. */
export async function pagesOf(
  queue: string,
  operations: QueueOperations,
  state: MessageState | undefined,
): Promise<NextPage<FoundMessage>> {
  if (state === "dead") {
    return async (after, limit) =>
      (await operations.dead.list({ after, limit })).map((letter) => dead(queue, letter));
  }
  const inspector = await operations.inspector();
  if (inspector !== undefined && state !== undefined) {
    return async (after, limit) =>
      (await inspector.messages({ state, limit, ...(after === undefined ? {} : { after }) })).map(
        (message) => inspected(queue, message),
      );
  }
  return async (after, limit) =>
    (await operations.peek({ after, limit })).map((message) => peeked(queue, message));
}

/** One that an inspector tells of. */
export function inspected(queue: string, message: InspectedMessage): FoundMessage {
  const { lastError, ...rest } = message;
  return {
    ...rest,
    ...(lastError === undefined ? {} : { error: lastError }),
    view: () => inspectedView(queue, message),
  };
}

function peeked(queue: string, message: PeekedMessage): FoundMessage {
  return { ...message, view: () => peekedView(queue, message) };
}

function dead(queue: string, letter: DeadLetter): FoundMessage {
  return { ...letter, state: "dead", view: () => deadLetterView(queue, letter) };
}
