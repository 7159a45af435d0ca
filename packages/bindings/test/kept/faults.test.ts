import { expect, test } from "vitest";
import { fc } from "../../../../test/property.ts";
import { defaultOptions, ReferenceQueue } from "../../conformance/index.ts";
import type { JobRecord } from "../../src/kept/job-record.ts";
import type { SendOptions } from "../../src/queue/message.ts";
import type { TableItem } from "../../src/table/state-table.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import { type Fault, FaultyProcess } from "./faulty-process.ts";
import { passing } from "./passing-time.ts";

const options = { ...defaultOptions, maxAttempts: 1_000, resultsMs: 24 * 3_600_000 };

const step = fc.oneof(
  fc.record({
    act: fc.constant("send" as const),
    key: fc.constantFrom(undefined, "k", "l"),
    limited: fc.boolean(),
    delayed: fc.boolean(),
  }),
  fc.record({ act: fc.constant("receive" as const), ack: fc.boolean() }),
  fc.record({ act: fc.constant("wait" as const), ms: fc.constantFrom(1_000, 31_000, 61_000) }),
);
const fault = fc.constantFrom<Fault>(
  ...Array.from({ length: 12 }, () => "none" as const),
  "refused",
  "lost",
  "killed",
  "killed late",
);
type Step = typeof step extends fc.Arbitrary<infer Value> ? Value : never;

/** Some processes, one after the other, and what they were told. */
class Town {
  readonly clock = new VirtualClock();
  readonly items = new Map<string, TableItem>();
  readonly service = new ReferenceQueue(
    "tasks",
    { ...defaultOptions, maxAttempts: 1_000 },
    this.clock,
  );
  /** What a send answered. */
  readonly promised = new Set<string>();
  /** What a handler was done with, before its acknowledgement. */
  readonly handled = new Set<string>();
  readonly #faults: Fault[];
  #process: FaultyProcess;

  constructor(faults: readonly Fault[]) {
    this.#faults = [...faults];
    this.#process = this.#start();
  }

  async take(step: Step): Promise<void> {
    if (!this.#process.alive) this.#process = this.#start();
    if (step.act === "wait") await this.clock.advance(step.ms);
    else if (step.act === "send") await this.send(step);
    else await this.receive(step.ack);
    this.check();
  }

  async send({
    key,
    limited = false,
    delayed = false,
  }: {
    readonly key?: string | undefined;
    readonly limited?: boolean;
    readonly delayed?: boolean;
  }): Promise<boolean> {
    const given: SendOptions = {
      ...(key === undefined ? {} : { idempotencyKey: key }),
      ...(limited ? { concurrency: { key: "c", limit: 1 } } : {}),
      ...(delayed ? { delay: "90m" } : {}),
    };
    const sending = this.#process.client.sendText("a", given).then(
      ({ id }) => this.promised.add(id),
      () => undefined, // the sender knows that nothing is promised
    );
    return (await passing(this.clock, sending)) !== undefined;
  }

  async receive(ack: boolean): Promise<number> {
    const { client } = this.#process;
    const received = await passing(
      this.clock,
      client.receive("tasks", 10).catch(() => []),
    );
    for (const message of received) {
      if (ack) this.handled.add(message.id);
      const settling = ack ? client.ack(message) : client.nack(message, { reason: "no" });
      await passing(
        this.clock,
        settling.catch(() => undefined),
      );
    }
    return received.length;
  }

  /** No record says more than what has happened. */
  check(): void {
    for (const { partition, value } of this.items.values()) {
      if (partition !== "job/tasks") continue;
      const { id, status } = JSON.parse(value) as JobRecord;
      if (status === "SUCCEEDED")
        expect(this.handled, "SUCCEEDED, and nobody handled it").toContain(id);
      expect(["DEAD", "FAILED", "CANCELLED"]).not.toContain(status);
    }
  }

  /** From here on nothing goes wrong: all that is there is handled. */
  async heal(): Promise<void> {
    this.#faults.length = 0;
    this.#process = this.#start();
    await this.clock.advance(60_000);
    for (const key of ["k", "l"]) expect(await this.send({ key }), "the key blocks").toBe(true);
    for (let empty = 0; empty < 5; ) {
      await this.clock.advance(31 * 60_000);
      empty = (await this.receive(true)) === 0 ? empty + 1 : 0;
    }
    this.check();
  }

  #start(): FaultyProcess {
    const { service, items, clock } = this;
    const fault = () => this.#faults.shift() ?? "none";
    return new FaultyProcess({ service, items, options, clock, fault });
  }
}

test("whatever call fails, loses its answer or is the last one: nothing promised is lost, no key blocks for over a minute, no job succeeds unhandled", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(step, { minLength: 3, maxLength: 14 }),
      fc.array(fault, { minLength: 10, maxLength: 80 }),
      async (steps, faults) => {
        const town = new Town(faults);
        for (const one of steps) await town.take(one);
        await town.heal();
        for (const id of town.promised) expect([...town.handled], "lost").toContain(id);
      },
    ),
    { numRuns: 150, seed: 20_261_122 },
  );
});
