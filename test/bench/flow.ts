import { setTimeout as sleep } from "node:timers/promises";
import type { Contender, OpenContender } from "./contender.ts";
import { lanes, percentile, perSecond } from "./measure.ts";
import { ageOf, payload } from "./payload.ts";
import { inTemporaryDirectory } from "./setting.ts";

export interface Rate {
  /** Per second. */
  readonly rate: number;
}

export interface Latency {
  /** From the call of send to the call of the handler, milliseconds. */
  readonly p50: number;
  readonly p99: number;
}

/** Sends `count` messages, `width` of them in flight. */
export function sendRate(open: OpenContender, width: number, count: number): Promise<Rate> {
  return withContender(open, async (contender) => {
    // Also makes the connection and lets the code warm up, as it is in a process that lives.
    await lanes(width, Math.ceil(count / 10), (index) => contender.send(payload(index)));
    return { rate: await lanes(width, count, (index) => contender.send(payload(index))) };
  });
}

/** Works off a backlog of `count` with handlers that do nothing. */
export function consumeRate(
  open: OpenContender,
  concurrency: number,
  count: number,
): Promise<Rate> {
  return withContender(open, async (contender) => {
    await lanes(100, count, (index) => contender.send(payload(index)));
    const started = performance.now();
    const all = countdown(count);
    const consumer = await contender.consume(concurrency, all.tick);
    await all.done;
    const rate = perSecond(count, started);
    await consumer.stop();
    return { rate };
  });
}

/** Sends with `width` in flight while handlers of the same process take the messages. */
export function flowRate(
  open: OpenContender,
  width: number,
  count: number,
): Promise<Rate & Latency> {
  return withContender(open, async (contender) => {
    const latencies: number[] = [];
    const all = countdown(count);
    const consumer = await contender.consume(width, (handled) => {
      latencies.push(ageOf(handled));
      all.tick();
    });
    const started = performance.now();
    await lanes(width, count, (index) => contender.send(payload(index, performance.now())));
    await all.done;
    const rate = perSecond(count, started);
    await consumer.stop();
    return { rate, ...summary(latencies) };
  });
}

/** One message every two milliseconds: nothing queues, so this is the way itself. */
export function lowLoad(open: OpenContender, count: number): Promise<Latency> {
  return withContender(open, async (contender) => {
    const latencies: number[] = [];
    const all = countdown(count);
    const consumer = await contender.consume(10, (handled) => {
      latencies.push(ageOf(handled));
      all.tick();
    });
    for (let index = 0; index < count; index++) {
      await contender.send(payload(index, performance.now()));
      await sleep(2);
    }
    await all.done;
    await consumer.stop();
    // The first tenth opens files and warms the code up.
    return summary(latencies.slice(count / 10));
  });
}

function summary(latencies: readonly number[]): Latency {
  return { p50: percentile(latencies, 50), p99: percentile(latencies, 99) };
}

function countdown(count: number): { readonly done: Promise<void>; readonly tick: () => void } {
  let left = count;
  let finish: (() => void) | undefined;
  const done = new Promise<void>((resolve) => {
    finish = resolve;
  });
  return {
    done,
    tick: () => {
      left--;
      if (left === 0) finish?.();
    },
  };
}

function withContender<T>(
  open: OpenContender,
  use: (contender: Contender) => Promise<T>,
): Promise<T> {
  return inTemporaryDirectory(async (directory) => {
    const contender = await open(directory);
    try {
      return await use(contender);
    } finally {
      await contender.close();
    }
  });
}
