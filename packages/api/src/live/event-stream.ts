import type { Clock } from "@alienplatform/bindings";
import { jsonOf } from "../json.ts";
import type { Feed, FeedEvent } from "./feed.ts";

const HEARTBEAT_MS = 15_000;
const RETRY_MS = 2_000;
/** Portions that a reader may be behind; who is slower is cut off, and comes back for the rest. */
const MOST_BEHIND = 64;

export interface EventStreamOptions {
  readonly feed: Feed;
  readonly clock: Clock;
  /** Tells this server's numbers from those of one before it. */
  readonly run: string;
  /** Of this queue alone, and what concerns none. */
  readonly queue: string | undefined;
  /** What the reader has heard last: Last-Event-ID. */
  readonly lastId: string | undefined;
  readonly signal: AbortSignal;
  readonly onEnd: () => void;
}

/** Server-sent events: what was missed, then what happens, and a sign of life every 15 s. */
export function eventStream(options: EventStreamOptions): ReadableStream<Uint8Array> {
  const { feed, clock, run, queue, lastId, signal, onEnd } = options;
  const encoder = new TextEncoder();
  let end: () => void = () => undefined;
  return new ReadableStream(
    {
      start(controller) {
        const write = (text: string) => controller.enqueue(encoder.encode(text));
        const tell = (events: readonly FeedEvent[]) => {
          const text = events
            .filter(
              (event) => queue === undefined || event.queue === undefined || event.queue === queue,
            )
            .map((event) => told(event, run))
            .join("");
          if (text === "") return;
          write(text);
          if ((controller.desiredSize ?? 0) < 0) end();
        };
        let beat: () => void = () => undefined;
        const next = () => {
          beat = clock.schedule(HEARTBEAT_MS, () => {
            write(": alive\n\n");
            next();
          });
        };
        const silence = feed.listen(tell);
        let ended = false;
        end = () => {
          if (ended) return;
          ended = true;
          silence();
          beat();
          signal.removeEventListener("abort", end);
          onEnd();
          try {
            controller.close();
          } catch {
            // The reader has gone, which ended it.
          }
        };
        signal.addEventListener("abort", end);
        write(`retry: ${RETRY_MS}\n\n`);
        const missed = missedOf(feed, run, lastId);
        if (missed === undefined) {
          // More has happened than is kept, or in another run: whoever shows queues has to ask for them anew.
          write(told({ number: feed.latest, name: "bindings", queue: undefined, data: {} }, run));
        } else tell(missed);
        next();
        if (signal.aborted) end();
      },
      cancel: () => end(),
    },
    { highWaterMark: MOST_BEHIND },
  );
}

function missedOf(feed: Feed, run: string, lastId: string | undefined) {
  if (lastId === undefined) return [];
  const [ofRun, number] = lastId.split("-");
  return ofRun === run ? feed.since(Number(number)) : undefined;
}

function told({ number, name, data }: FeedEvent, run: string): string {
  return `id: ${run}-${number}\nevent: ${name}\ndata: ${jsonOf(data)}\n\n`;
}
