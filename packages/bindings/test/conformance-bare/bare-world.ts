import { alone, type OpenWorld, ReferenceQueue } from "../../conformance/index.ts";
import type { Clock } from "../../src/clock.ts";
import { TakenDeadLetters } from "../../src/dead-letters/taken-dead-letters.ts";
import type { QueueOptions } from "../../src/queue/binding.ts";
import { VirtualClock } from "../../src/virtual-clock.ts";
import {
  BareDriver,
  type BareDriverOptions,
  bareCapabilities,
  barestCapabilities,
} from "./bare-driver.ts";
import { BareOperator } from "./bare-operator.ts";

/** What of the portable layer's surroundings a variant or a mutant makes its own. */
export interface BareWorldOptions {
  readonly republishes?: boolean;
  readonly clock?: VirtualClock;
  readonly makeDriver?: (options: BareDriverOptions) => BareDriver;
  readonly makeOperator?: (...made: ConstructorParameters<typeof BareOperator>) => BareOperator;
}

/** Two queues of a plain service, each with another queue for its dead letters. */
export function bareWorld({
  republishes = false,
  clock = new VirtualClock(),
  makeDriver = (options) => new BareDriver(options),
  makeOperator = (...made) => new BareOperator(...made),
}: BareWorldOptions = {}): OpenWorld {
  return async (options) => {
    const others = serviceQueue("others", alone(options), clock);
    const tasks = serviceQueue("tasks", options, clock);
    const buried = options.deadLetters === undefined ? tasks.dead : others.source;
    const open = (queue: string, service: ReferenceQueue, dead?: ReferenceQueue) =>
      makeDriver({ queue, service, dead, republishes });
    const operate = (queue: string, { source, dead }: ServiceQueue) =>
      makeOperator(source, dead, {
        queue,
        capabilities: republishes ? barestCapabilities : bareCapabilities,
        dead: new TakenDeadLetters({
          queue,
          source: open(queue, source),
          dead: open(queue, dead),
          options,
          clock,
          random: Math.random,
          waitMs: 0,
        }),
      });
    return {
      queue: "tasks",
      driver: open("tasks", tasks.source, buried),
      clock,
      options,
      operator: operate("tasks", tasks),
      another: async () => open("tasks", tasks.source, buried),
      sibling: {
        queue: "others",
        driver: open("others", others.source, others.dead),
        operator: operate("others", others),
      },
      close: async () => undefined,
    };
  };
}

interface ServiceQueue {
  readonly source: ReferenceQueue;
  readonly dead: ReferenceQueue;
}

/** Its own count of deliveries is a backstop only, and its dead letters are kept as long as it can. */
function serviceQueue(name: string, options: QueueOptions, clock: Clock): ServiceQueue {
  const { deadLetters: _, resultsMs: __, concurrency: ___, ...plain } = options;
  const own = { ...plain, maxAttempts: 1_000 };
  const { fifo: ____, ...unordered } = own;
  const kept = { ...unordered, retentionMs: bareCapabilities.retention.maxMs };
  return {
    source: new ReferenceQueue(name, own, clock),
    dead: new ReferenceQueue(`${name}-dead`, kept, clock),
  };
}
