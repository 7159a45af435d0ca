import { signal } from "@preact/signals";
import { parseExact } from "../json/exact.ts";

/** How the page hears of what happens. */
export type Connection = "connecting" | "live" | "lost";

export const connection = signal<Connection>("connecting");

/** How often the server has been back after it was not heard. */
export const returns = signal(0);

/** When the server was last heard. */
export const lostAt = signal<number | undefined>(undefined);

/** "missed" is the page's own: what happened for a while will never be told, since the server is another or keeps no more. */
export type EventName = "stats" | "activity" | "bindings" | "operation" | "missed";

type Listener = (data: unknown) => void;

const EVENTS: readonly EventName[] = ["stats", "activity", "bindings", "operation"];
const RETRY_MS = 2_000;
const listeners = new Map<EventName, Set<Listener>>();
let source: EventSource | undefined;
let heard = "";
let retry: ReturnType<typeof setTimeout> | undefined;

/** Calls the listener with each event of this name, until the answer is called. */
export function listen(name: EventName, listener: Listener): () => void {
  const present = listeners.get(name) ?? new Set();
  listeners.set(name, present.add(listener));
  return () => present.delete(listener);
}

/** Begins to hear; the browser resumes after the last event that it has heard. */
export function connect(): void {
  clearTimeout(retry);
  source?.close();
  source = new EventSource("/events");
  source.onopen = () => {
    if (connection.peek() === "lost") returns.value++;
    connection.value = "live";
    lostAt.value = undefined;
  };
  source.onerror = () => {
    connection.value = "lost";
    lostAt.value ??= Date.now();
    // A browser gives up for good on an answer that is no stream, as of a proxy while the server restarts.
    if (source?.readyState === EventSource.CLOSED) retry = setTimeout(connect, RETRY_MS);
  };
  for (const name of EVENTS) source.addEventListener(name, (event) => tell(name, event));
}

function tell(name: EventName, { data, lastEventId }: MessageEvent<string>): void {
  if (heard !== "" && !isNext(heard, lastEventId)) call("missed", "{}");
  heard = lastEventId;
  call(name, data);
}

/** An event's id is its server's run and its number in it; of all events each is told. */
function isNext(before: string, id: string): boolean {
  const [run, number] = before.split("-");
  return id === `${run}-${Number(number) + 1}`;
}

function call(name: EventName, text: string): void {
  const present = listeners.get(name);
  if (present === undefined || present.size === 0) return;
  const data = parseExact(text);
  for (const listener of present) listener(data);
}
