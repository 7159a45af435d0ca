import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { DeadLetters, type RedriveAllOptions } from "../src/dead-letters/dead-letters.ts";
import type { TakenDeadLetters } from "../src/dead-letters/taken-dead-letters.ts";
import type { Delivery, QueueDriver } from "../src/queue/driver.ts";
import { PlainOperator } from "../src/queue/plain-operator.ts";
import { receiving, sending, world } from "./taken-letters.ts";

const DENIED = new AlienError("PERMISSION_DENIED", "not allowed");

class Operator extends PlainOperator {
  stats = () => this.refuse("counts nothing here", "Count.");
  purge = () => this.refuse("is not purged here", "Discard.");
  close = async () => undefined;
}

/** A queue with so many dead letters, and what decides about them, through other drivers where a test has some. */
async function swept(count: number, options: Parameters<typeof world>[0] = {}) {
  const made = world(options);
  const ids: string[] = [];
  for (let n = 0; n < count; n++) {
    ids.push(await made.kill(String(n), `unreadable ${n}`));
    await made.clock.advance(1);
  }
  const decide = (over: { readonly source?: QueueDriver; readonly dead?: QueueDriver } = {}) =>
    deadLetters(made.letters(over), made);
  return { ...made, ids, decide };
}

function deadLetters(letters: TakenDeadLetters, { dead, clock }: ReturnType<typeof world>) {
  const operator = new Operator({ queue: "tasks", capabilities: dead.capabilities, dead: letters });
  return new DeadLetters(async () => ({ operator, clock }), { queue: "tasks" });
}

const errorOf = (text: string) =>
  ({ error: { code: "X", message: text }, kind: "deadLetter" }) as const;

test("a run that dies between sending and removing loses none, and the next one does the rest", async () => {
  const { decide, service, waiting, client, ids, clock, dead: queue } = await swept(250);
  let removals = 0;
  const dying = receiving(queue, (receiver) => ({
    ...receiver,
    settle: async (batch) => {
      if (batch[0]?.outcome.kind === "ack" && removals++ === 12) throw DENIED;
      return receiver.settle(batch);
    },
  }));
  await expect(decide({ dead: dying }).redriveAll()).rejects.toBe(DENIED);
  // Of what was sent, ten could not be removed: they are in both places for now.
  expect(waiting(service.source) + waiting(service.dead)).toBeGreaterThan(250);
  await clock.advance(200_000);
  await decide().redriveAll();
  const handled = new Set<string>();
  for (let batch = await client.receive(100); batch.length > 0; batch = await client.receive(100)) {
    for (const { id } of batch) handled.add(id);
    await client.ack(batch);
  }
  expect([handled.size, waiting(service.dead)]).toEqual([ids.length, 0]);
});

test("what dies again while a run goes on is left for the next one", async () => {
  const { decide, source, service, waiting, clock } = await swept(130);
  const buries = sending(source, async (messages) => {
    const sent = await source.send(messages);
    const receiver = await source.open({ credit: 1, leaseMs: 30_000 });
    const taken = await receiver.take(messages.length, 0);
    await receiver.settle(taken.map((delivery) => ({ delivery, outcome: errorOf("again") })));
    return sent;
  });
  expect(await decide({ source: buries }).redriveAll()).toBe(130);
  expect([waiting(service.source), waiting(service.dead)]).toEqual([0, 130]);
  await clock.advance(1);
  expect(await decide().redriveAll()).toBe(130);
});

test("a slow run keeps what it holds on loan, and meets each letter once", async () => {
  const { decide, clock, ids, dead: queue } = await swept(90);
  let took = 0;
  const counting = receiving(queue, (receiver) => ({
    ...receiver,
    take: async (max, waitMs) => {
      const taken = await receiver.take(max, waitMs);
      took += taken.length;
      return taken;
    },
  }));
  // Three of the others are there for each that is meant: held for 90 seconds of a lease of 120.
  const options: RedriveAllOptions = { filter: { error: "unreadable 1" }, perSecond: 0.05 };
  const running = decide({ dead: counting }).redriveAll(options);
  for (let seconds = 0; seconds < 600; seconds += 10) await clock.advance(10_000);
  expect(await running).toBe(11);
  expect(took).toBe(ids.length);
});

test("an aborted run gives back at once what it held", async () => {
  const { decide, ids, clock } = await swept(60);
  const stop = new AbortController();
  const running = decide().redriveAll({
    filter: { error: "unreadable 1" },
    perSecond: 5,
    signal: stop.signal,
    onProgress: () => stop.abort(),
  });
  const failed = expect(running).rejects.toMatchObject({ code: "ABORTED" });
  await clock.advance(200);
  await failed;
  expect(await decide().list({ limit: 100 })).toHaveLength(ids.length - 1);
});

test("letters of a group go back in the order in which they died, whatever that of the service", async () => {
  const { decide, client, clock, dead: queue } = await swept(25, { fifo: {} });
  const unordered = receiving(queue, (receiver) => {
    const all: Delivery[] = [];
    return {
      ...receiver,
      take: async (max, waitMs) => {
        all.unshift(...(await receiver.take(100, waitMs)));
        return all.splice(-max);
      },
    };
  });
  // A page is of one letter.
  const running = decide({ dead: unordered }).redriveAll({ perSecond: 5 });
  for (let time = 0; time < 25; time++) await clock.advance(200);
  expect(await running).toBe(25);
  const seen: unknown[] = [];
  for (let [one] = await client.receive(); one !== undefined; [one] = await client.receive()) {
    seen.push(one.payload);
    await client.ack(one);
  }
  expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => String(n)));
});
