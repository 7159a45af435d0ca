import type { QueueClient } from "@alienplatform/bindings";

/** What applications do with a queue. It is found and connected at the first call that needs it. */
export type Queue<Input = unknown, Output = Input> = Pick<
  QueueClient<Input, Output>,
  Verb | "name" | "messages" | "close"
>;

type Verb = Exclude<keyof QueueClient, "name" | "messages" | "close">;

export interface LazyQueue {
  readonly queue: Queue;
  /** Forgets the client, so that the next use opens another. */
  readonly reopen: () => void;
}

/** A client that opens at its first use; an opening that failed is tried again by the next. */
export function lazyQueue(
  name: string,
  open: () => Promise<QueueClient>,
  onClose: () => void,
): LazyQueue {
  let client: QueueClient | undefined;
  let opening: Promise<QueueClient> | undefined;
  const opened = (): Promise<QueueClient> => {
    opening ??= open().then(
      (ready) => {
        client = ready;
        return ready;
      },
      (error) => {
        opening = undefined;
        throw error;
      },
    );
    return opening;
  };
  const call =
    (verb: Verb) =>
    (...args: unknown[]): Promise<unknown> =>
      client === undefined
        ? opened().then((ready) => apply(ready, verb, args))
        : apply(client, verb, args);
  const verbs: Readonly<Record<Verb, (...args: unknown[]) => Promise<unknown>>> = {
    send: call("send"),
    sendText: call("sendText"),
    sendBatch: call("sendBatch"),
    call: call("call"),
    receive: call("receive"),
    ack: call("ack"),
    nack: call("nack"),
    extend: call("extend"),
    deadLetter: call("deadLetter"),
  };
  const rest: Pick<Queue, "name" | "messages" | "close"> = {
    name,
    async *messages(options) {
      yield* (await opened()).messages(options);
    },
    async close() {
      onClose();
      await (await opening)?.close();
    },
  };
  const reopen = () => {
    client = undefined;
    opening = undefined;
  };
  // Each verb passes its arguments on as they are, so it has the type of what it calls.
  return { queue: { ...rest, ...verbs } as unknown as Queue, reopen };
}

function apply(client: QueueClient, verb: Verb, args: unknown[]): Promise<unknown> {
  return Reflect.apply(client[verb], client, args) as Promise<unknown>; // every verb answers with one
}
