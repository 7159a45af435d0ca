import { AlienError } from "@alienplatform/core";
import { memoryTable, type ReferenceQueue } from "../../conformance/index.ts";
import { keptDriver } from "../../src/kept/kept-driver.ts";
import type { QueueOptions } from "../../src/queue/binding.ts";
import { QueueClient } from "../../src/queue/client.ts";
import type { QueueDriver } from "../../src/queue/driver.ts";
import type { StateTable, TableItem } from "../../src/table/state-table.ts";
import type { VirtualClock } from "../../src/virtual-clock.ts";
import { BareDriver } from "../conformance-bare/bare-driver.ts";

/** What becomes of one call: it is not carried out, its answer is lost, or the process ends before or after it. */
export type Fault = "none" | "refused" | "lost" | "killed" | "killed late";

export interface FaultyProcessOptions {
  readonly service: ReferenceQueue;
  readonly items: Map<string, TableItem>;
  readonly options: QueueOptions;
  readonly clock: VirtualClock;
  /** The next call's. */
  readonly fault: () => Fault;
}

/** A process that sends to and receives from a bare service with a table, over a wire that does harm. */
export class FaultyProcess {
  readonly client: QueueClient<unknown>;
  alive = true;
  readonly #fault: () => Fault;

  constructor({ service, items, options, clock, fault }: FaultyProcessOptions) {
    this.#fault = fault;
    const bare = new BareDriver({ queue: "tasks", service, dead: undefined, republishes: false });
    const driver = keptDriver(this.#driver(bare), this.#table(memoryTable(clock, items)), {
      queue: "tasks",
      options,
      clock,
    });
    this.client = new QueueClient(driver, { queue: "tasks", options, clock });
  }

  async #call<Value>(carryOut: () => Promise<Value>): Promise<Value> {
    if (!this.alive) throw killed();
    const fault = this.#fault();
    if (fault === "killed") this.alive = false;
    if (!this.alive) throw killed();
    if (fault === "refused") throw unavailable();
    const value = await carryOut();
    if (fault === "killed late") this.alive = false;
    if (!this.alive) throw killed();
    if (fault === "lost") throw unavailable();
    return value;
  }

  #driver(bare: BareDriver): QueueDriver {
    return {
      capabilities: bare.capabilities,
      sizeOf: (message) => bare.sizeOf(message),
      send: (messages) => this.#call(() => bare.send(messages)),
      open: async (given) => {
        const receiver = await bare.open(given);
        return {
          take: (max, waitMs, signal) => this.#call(() => receiver.take(max, waitMs, signal)),
          settle: (batch) => this.#call(() => receiver.settle(batch)),
          extend: (those, leaseMs) => this.#call(() => receiver.extend(those, leaseMs)),
          close: () => receiver.close(),
        };
      },
      close: () => bare.close(),
    };
  }

  #table(table: StateTable): StateTable {
    return {
      get: (key) => this.#call(() => table.get(key)),
      put: (item, version) => this.#call(() => table.put(item, version)),
      delete: (key, version) => this.#call(() => table.delete(key, version)),
      list: (partition, page) => this.#call(() => table.list(partition, page)),
      close: () => table.close(),
    };
  }
}

function unavailable(): AlienError {
  return new AlienError("SERVICE_UNAVAILABLE", "the wire did harm", { retryable: true });
}

function killed(): AlienError {
  return new AlienError("DRIVER_FAILED", "the process has ended");
}
