import {
  Consumer,
  QueueClient,
  type QueueClientOptions,
  type QueueDriver,
  type QueueOptions,
  systemClock,
  type Telemetry,
} from "@alienplatform/bindings";
import { runtime } from "@alienplatform/local/runtime";
import type { Contender, OpenContender } from "./contender.ts";
import type { Durability } from "./line.ts";
import type { Payload } from "./payload.ts";

export const QUEUE = "bench";

export const OPTIONS: QueueOptions = {
  maxAttempts: 5,
  backoff: { initialMs: 1000, factor: 2, maxMs: 300_000, jitter: "full" },
  // Longer than any case takes: a lease that ends would be measured as work.
  leaseMs: 600_000,
  retentionMs: 4 * 86_400_000,
  // What every local queue has unless it is declared otherwise.
  resultsMs: 86_400_000,
  idempotency: { conflict: "original" },
};

/** Ours under measurement: what applications hold, over the local driver. */
export interface Ours extends Contender {
  readonly client: QueueClient;
}

/** What a queue may have beyond the plain one. */
export interface Extras extends Partial<QueueOptions> {
  readonly schema?: QueueClientOptions["schema"];
  /** Whether the client is watched as it is by default: for as long as an SDK is registered. */
  readonly telemetry?: boolean;
  /** Whether it keeps job records, which it does. */
  readonly jobs?: boolean;
}

/** Opens the queue in the directory, in this process or over the socket of the process that owns it. */
export async function openOurs(
  directory: string,
  durability: Durability,
  { schema, telemetry = false, jobs = true, ...changes }: Extras = {},
): Promise<Ours> {
  process.env.ALIEN_DURABILITY = durability;
  const { resultsMs = 0, ...without } = OPTIONS;
  const options = { ...without, ...(jobs && { resultsMs }), ...changes };
  const address = { directory };
  const driver = runtime.queue(
    { version: 1, platform: "local", queue: QUEUE, options, address },
    systemClock,
  );
  const client = new QueueClient(driver, {
    queue: QUEUE,
    options,
    schema,
    telemetry: telemetry ? await watching(options.maxAttempts, driver) : undefined,
  });
  return {
    client,
    send: (payload) => client.send(QUEUE, payload),
    async consume(concurrency, handle) {
      const consumer = new Consumer(driver, {
        concurrency,
        clock: systemClock,
        handling: {
          queue: QUEUE,
          options,
          // What the bench sends is a Payload.
          handler: ({ payload }) => handle(payload as Payload),
          onInvalid: "deadLetter",
          random: Math.random,
          log: () => undefined,
        },
        onError: (error) => console.error(error),
      });
      consumer.start();
      return { stop: () => consumer.drain(10_000) };
    },
    close: () => client.close(),
  };
}

async function watching(
  maxAttempts: number,
  { capabilities: { system } }: QueueDriver,
): Promise<Telemetry> {
  const { makeTelemetry } = await import("@alienplatform/sdk/otel");
  return makeTelemetry({ queue: QUEUE, system, maxAttempts, clock: systemClock });
}

export function opener(durability: Durability): OpenContender {
  return (directory) => openOurs(directory, durability);
}
