import type { MessageState } from "@alienplatform/bindings/operate";
import { AlienError } from "@alienplatform/core";
import { type FoundMessage, pagesOf } from "../look/found-message.ts";
import { oneMessage } from "../look/one-message.ts";
import { type NextPage, scan } from "../look/scan.ts";
import { hasField } from "../look/where.ts";
import type { Served } from "../served.ts";
import type { SearchQuery } from "./query.ts";

const STATES = ["ready", "delayed", "inFlight", "dead"] as const;
/** Queues whose every message was looked at, of one request. */
const MOST_PLACES = 40;

/** What was found, and where to go on. */
export interface Found {
  readonly items: readonly object[];
  readonly next?: string | undefined;
}

/** Looks through queues and states one after the other, a bounded part for each request. */
export async function search(
  served: Served,
  query: SearchQuery,
  {
    limit,
    after,
    now,
  }: { readonly limit: number; readonly after?: string | undefined; readonly now: number },
): Promise<Found> {
  const queues =
    query.queue === undefined
      ? served.all().map(({ id }) => id)
      : [served.resource(query.queue).id];
  if (query.id !== undefined) return { items: await withId(served, queues, query.id) };
  const places = queues.flatMap((queue) =>
    (query.state === undefined ? STATES : [query.state]).map((state) => ({ queue, state })),
  );
  const begin = readCursor(after);
  let index =
    begin === undefined
      ? 0
      : places.findIndex(({ queue, state }) => queue === begin.queue && state === begin.state);
  if (index === -1) throw badCursor();
  let at = begin?.id;
  const items: object[] = [];
  for (let looked = 0; looked < MOST_PLACES && index < places.length; looked++, index++) {
    const place = places[index];
    if (place === undefined) break;
    const { queue, state } = place;
    const look = await pagesOf(queue, served.operations(queue), state);
    // What a platform cannot show is refused when it is asked for.
    const pages: NextPage<FoundMessage> = (after, most) => look(after, most).catch(noLook);
    const matches = (message: FoundMessage) =>
      message.state === state && isMeant(message, query, now);
    const found = await scan(pages, matches, limit - items.length, at);
    items.push(...found.items.map((message) => message.view()));
    if (found.next !== undefined) return { items, next: cursor(queue, state, found.next) };
    at = undefined;
  }
  const next = places[index];
  return { items, next: next && cursor(next.queue, next.state, "") };
}

function isMeant(message: FoundMessage, query: SearchQuery, now: number): boolean {
  const { error, code, where, olderThanMs, youngerThanMs } = query;
  if (code !== undefined && message.error?.code !== code) return false;
  if (error !== undefined && !includes(message.error?.message, error)) return false;
  const age = now - (message.deadAt ?? message.sentAt);
  if (olderThanMs !== undefined && age < olderThanMs) return false;
  if (youngerThanMs !== undefined && age > youngerThanMs) return false;
  return where.every((field) => hasField(message, field));
}

function includes(text: string | undefined, part: string): boolean {
  return text?.toLowerCase().includes(part.toLowerCase()) === true;
}

async function withId(
  served: Served,
  queues: readonly string[],
  id: string,
): Promise<readonly object[]> {
  const looks = queues.map((queue) => oneMessage(queue, served.operations(queue), id));
  return (await Promise.all(looks)).filter((found) => found !== undefined);
}

/** A platform that lets nobody look has nothing to be found. */
function noLook(error: unknown): readonly FoundMessage[] {
  if (error instanceof AlienError && error.code === "UNSUPPORTED") return [];
  throw error;
}

function cursor(queue: string, state: MessageState, id: string): string {
  return `${queue}:${state}:${id}`;
}

function readCursor(text: string | undefined) {
  if (text === undefined) return undefined;
  const [queue = "", state = "", id = ""] = text.split(":");
  return { queue, state, id: id === "" ? undefined : id };
}

function badCursor(): AlienError {
  return new AlienError("OPTION_INVALID", "after is not what a search answered as next", {
    fix: "Leave it out to begin anew.",
    details: { option: "after" },
  });
}
