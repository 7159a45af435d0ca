import type { Telemetry } from "@alienplatform/bindings";
import { writeLine } from "#write-line";
import { environment } from "./environment.ts";
import type { ObservedQueue } from "./observed-queue.ts";
import { readTelemetrySettings } from "./telemetry-settings.ts";

/** Makes the telemetry of one queue. */
export type MakeTelemetry = (queue: ObservedQueue) => Telemetry;

/** Where every copy of @opentelemetry/api 1.x in a process keeps what was registered. */
const REGISTERED = Symbol.for("opentelemetry.js.api.1");

/** By a name that no bundler follows: who has no @opentelemetry/api must be able to bundle this file. */
const ENTRY: string = "@alienplatform/sdk/otel";

let make: MakeTelemetry | undefined;
let loading: Promise<void> | undefined;

/** For "@alienplatform/sdk/otel", where the program itself has imported it. */
export function provideTelemetry(given: MakeTelemetry): void {
  make = given;
}

/** What watches a queue that is being opened, ready for its first message. */
export async function openTelemetry(queue: ObservedQueue): Promise<Telemetry | undefined> {
  await loadTelemetry();
  return telemetryOf(queue);
}

/**
 * Loads OpenTelemetry's API where something has registered with it already, and not before: it costs nobody
 * else its start.
 */
export async function loadTelemetry(): Promise<void> {
  if (readTelemetrySettings(environment()).on && REGISTERED in globalThis) await load();
}

/** What watches a queue; undefined with ALIEN_TELEMETRY=off. Misses what comes before the API is loaded. */
export function telemetryOf(queue: ObservedQueue): Telemetry | undefined {
  return readTelemetrySettings(environment()).on ? new LateTelemetry(queue) : undefined;
}

function load(): Promise<void> {
  loading ??= loadEntry();
  return loading;
}

async function loadEntry(): Promise<void> {
  try {
    const entry: { readonly makeTelemetry: MakeTelemetry } = await import(ENTRY);
    make ??= entry.makeTelemetry;
  } catch (error) {
    // An SDK is registered, so its user expects traces; the queue works without them.
    const why = error instanceof Error ? error.message : String(error);
    writeLine(
      `alien: no traces of queues: ${why}. Call traceQueues() of ${ENTRY}, or set ALIEN_TELEMETRY=off`,
    );
  }
}

/** Listens from the moment that an SDK is registered, which may be after the queue was opened. */
class LateTelemetry implements Telemetry {
  readonly #queue: ObservedQueue;
  #made: Telemetry | undefined;

  constructor(queue: ObservedQueue) {
    this.#queue = queue;
  }

  send: Telemetry["send"] = (message) => this.#now()?.send(message);
  sendBatch: Telemetry["sendBatch"] = (count) => this.#now()?.sendBatch(count);
  receive: Telemetry["receive"] = () => this.#now()?.receive();
  settle: Telemetry["settle"] = (verb, settled) => this.#now()?.settle(verb, settled);
  process: Telemetry["process"] = (delivery) => this.#now()?.process(delivery);
  refused: Telemetry["refused"] = (error) => this.#now()?.refused(error);

  #now(): Telemetry | undefined {
    if (this.#made === undefined && make !== undefined) this.#made = make(this.#queue);
    else if (this.#made === undefined && REGISTERED in globalThis) void load();
    return this.#made;
  }
}
