import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from "@azure/service-bus";
import { isNoSession } from "../errors.ts";
import type { Browser, Place } from "./browser.ts";

/** Messages of one call, to be cancelled or received. */
const MOST = 250;

export interface PurgeOptions {
  readonly client: ServiceBusClient;
  readonly sender: ServiceBusSender;
  readonly browser: Browser;
  readonly path: string;
  readonly ordered: boolean;
  /** How long Service Bus is given to hand out what is there, milliseconds. */
  readonly glanceMs: number;
}

/**
 * Removes what waits, and answers how many that were. Scheduled messages are cancelled by their places; the others
 * are received in the mode that deletes them, for which a session has to be free. What is on loan cannot be had.
 */
export async function purge(options: PurgeOptions): Promise<number> {
  const { client, path, browser, ordered } = options;
  const scheduled: Place[] = [];
  const sessions = new Set<string>();
  for await (const { state, sequenceNumber, sessionId } of browser.messages()) {
    if (state === "scheduled" && sequenceNumber !== undefined) scheduled.push(sequenceNumber);
    else if (sessionId !== undefined) sessions.add(sessionId);
  }
  let removed = await cancel(scheduled, options);
  if (!ordered) {
    return removed + (await empty(client.createReceiver(path, deleting()), options));
  }
  for (const session of sessions) {
    const receiver = await accept(session, options);
    if (receiver !== undefined) removed += await empty(receiver, options);
  }
  return removed;
}

/** Made anew for each receiver: the SDK takes the mode out of the options that it is given. */
function deleting() {
  return { receiveMode: "receiveAndDelete", skipParsingBodyAsJson: true } as const;
}

/** One that has become active meanwhile is received with the others; it must not keep its neighbours. */
async function cancel(places: readonly Place[], { sender }: PurgeOptions): Promise<number> {
  let cancelled = 0;
  for (let start = 0; start < places.length; start += MOST) {
    const some = places.slice(start, start + MOST);
    try {
      await sender.cancelScheduledMessages(some);
      cancelled += some.length;
    } catch (error) {
      if (some.length === 1) continue;
      const one = (place: Place) => sender.cancelScheduledMessages(place);
      const results = await Promise.allSettled(some.map(one));
      const done = results.filter(({ status }) => status === "fulfilled").length;
      if (done === 0) throw error;
      cancelled += done;
    }
  }
  return cancelled;
}

/** Undefined where somebody else has it. */
async function accept(
  session: string,
  { client, path }: PurgeOptions,
): Promise<ServiceBusReceiver | undefined> {
  try {
    return await client.acceptSession(path, session, deleting());
  } catch (error) {
    if (isNoSession(error)) return undefined;
    throw error;
  }
}

/** What is sent from here on stays: the first answer that is not full ends it. */
async function empty(receiver: ServiceBusReceiver, { glanceMs }: PurgeOptions): Promise<number> {
  let removed = 0;
  try {
    let page: readonly ServiceBusReceivedMessage[];
    do {
      page = await receiver.receiveMessages(MOST, { maxWaitTimeInMs: glanceMs });
      removed += page.length;
    } while (page.length === MOST);
  } finally {
    await receiver.close();
  }
  return removed;
}
