import { setTimeout as sleep } from "node:timers/promises";
import { runtime as aws } from "@alienplatform/aws/runtime";
import { runtime as azure } from "@alienplatform/azure/runtime";
import { Consumer, QueueClient, systemClock } from "@alienplatform/bindings";
import { runtime as cloudflare } from "@alienplatform/cloudflare/runtime";
import { runtime as gcp } from "@alienplatform/gcp/runtime";
import { lanes, perSecond } from "../measure.ts";
import { QUEUE } from "../ours.ts";
import { type Payload, payload } from "../payload.ts";
import { CLOUD_OPTIONS, type Cloud, type OpenCloud, type Sent } from "./cloud.ts";
import type { CloudServer } from "./cloud-server.ts";

/** What one way of working does per second, and how many requests each message cost. */
export interface Work {
  readonly rate: number;
  /** NaN where the protocol has none. */
  readonly requests: number;
  /** Of this process, a message. */
  readonly cpuMs: number;
}

/** A way to send and to receive, ours or the SDK's. */
export interface Worker {
  send(index: number): Promise<unknown>;
  sendBatch(first: number, count: number): Promise<unknown>;
  /** Receives at most so many, acknowledges them, and answers how many there were. */
  takeBatch(max: number): Promise<number>;
  /** Handles `count` messages, ten at once, each for so long. */
  handle(count: number, workMs: (index: number) => number): Promise<void>;
  close(): Promise<void>;
}

const HANDLERS = 10;
const RUNTIMES = { aws, azure, cloudflare, gcp };

/**
 * The SDK by hand; its handlers run batch by batch, as the usual loop around it does. Beside each body it carries what
 * ours does, an id of its own, the time and the kind; or `bare` bodies.
 */
export function byHand({ hand }: OpenCloud, batch: number, bare = false): Worker {
  const sent = (index: number): Sent => ({
    body: JSON.stringify(payload(index)),
    beside: bare ? undefined : beside(index),
  });
  return {
    send: (index) => hand.send(sent(index)),
    sendBatch: (first, count) =>
      hand.sendBatch(Array.from({ length: count }, (_, index) => sent(first + index))),
    async takeBatch(max) {
      const messages = await hand.receive(max);
      for (const message of messages) read(message);
      if (messages.length > 0) await hand.ack(messages);
      return messages.length;
    },
    async handle(count, workMs) {
      for (let done = 0; done < count; ) {
        const messages = await hand.receive(Math.min(batch, HANDLERS));
        await Promise.all(messages.map((message) => work(read(message), workMs)));
        if (messages.length > 0) await hand.ack(messages);
        done += messages.length;
      }
    },
    close: () => hand.close(),
  };
}

/** As long as what ours carries. */
function beside(index: number): string {
  const id = String(index).padStart(26, "0");
  return JSON.stringify({ v: 1, id, sentAt: Date.now(), kind: "json" });
}

function read({ body, beside }: Sent): Payload {
  if (beside !== undefined) JSON.parse(beside);
  return JSON.parse(body) as Payload; // as sent() made it
}

/** Ours, as applications hold it. */
export function ours({ binding, hand }: OpenCloud): Worker {
  // The clouds of the bench are exactly these.
  const { [binding.platform as keyof typeof RUNTIMES]: runtime } = RUNTIMES;
  const driver = runtime.queue(
    { version: 1, queue: QUEUE, options: CLOUD_OPTIONS, ...binding },
    systemClock,
  );
  const client = new QueueClient(driver, { queue: QUEUE, options: CLOUD_OPTIONS });
  return {
    send: (index) => client.send(QUEUE, payload(index)),
    async sendBatch(first, count) {
      const entries = Array.from({ length: count }, (_, index) => ({
        payload: payload(first + index),
      }));
      for (const result of await client.sendBatch(entries)) if (!result.ok) throw result.error;
    },
    async takeBatch(max) {
      const messages = await client.receive(QUEUE, max, { wait: "20s" });
      await client.ack(messages);
      return messages.length;
    },
    async handle(count, workMs) {
      let left = count;
      let finish: () => void = () => undefined;
      const finished = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const consumer = new Consumer(driver, {
        concurrency: HANDLERS,
        clock: systemClock,
        handling: {
          queue: QUEUE,
          options: CLOUD_OPTIONS,
          handler: (message) => work(message.payload as { imageId: number }, workMs),
          onInvalid: "deadLetter",
          random: Math.random,
          log: () => undefined,
        },
        onEvent: () => {
          if (--left === 0) finish();
        },
        onError: (error) => console.error(error),
      });
      consumer.start();
      await finished;
      // Its last poll may take a while to end; nobody waits for that here.
      void consumer.drain(0);
    },
    async close() {
      await client.close();
      await hand.close();
    },
  };
}

async function work(
  { imageId }: { readonly imageId: number },
  workMs: (index: number) => number,
): Promise<void> {
  const ms = workMs(imageId);
  if (ms > 0) await sleep(ms);
}

/** Runs `job` for a worker on a queue of its own that holds so many messages. */
export async function on(
  cloud: Cloud,
  server: CloudServer,
  make: (open: OpenCloud) => Worker,
  { filled, count }: { readonly filled: number; readonly count: number },
  job: (worker: Worker) => Promise<unknown>,
): Promise<Work> {
  const open = await cloud.open(server);
  const worker = make(open);
  // One batch more, sent and taken: it makes the connections both ways, and lets the code warm up.
  await fill(worker, cloud.batch, filled + cloud.batch);
  for (let taken = 0; taken < cloud.batch; ) taken += await worker.takeBatch(cloud.batch - taken);
  const before = await server.requests();
  const cpu = process.cpuUsage();
  const started = performance.now();
  await job(worker);
  const rate = perSecond(count, started);
  const { user, system } = process.cpuUsage(cpu);
  const requests = ((await server.requests()) - before) / count;
  await worker.close();
  return { rate, requests, cpuMs: (user + system) / 1_000 / count };
}

async function fill(worker: Worker, batch: number, count: number): Promise<void> {
  await lanes(4, Math.ceil(count / batch), (index) =>
    worker.sendBatch(index * batch, Math.min(batch, count - index * batch)),
  );
}
