import { keptDriver } from "../src/kept/kept-driver.ts";
import { keptOperator } from "../src/kept/kept-operator.ts";
import type { QueueOptions } from "../src/queue/binding.ts";
import type { QueueDriver } from "../src/queue/driver.ts";
import type { QueueOperator } from "../src/queue/operator.ts";
import type { TableItem } from "../src/table/state-table.ts";
import { memoryTable } from "./table/memory-table.ts";
import { alone, type Features, type OpenWorld } from "./world.ts";

/** What a table beside its queues makes a platform have: only these cases need to run once more. */
export const TABLE_LIFTS: readonly (keyof Features)[] = [
  "idempotency",
  "jobs",
  "concurrency keys",
  "delays of 7 days",
];

/** The same worlds with a table in memory beside their queues; each connection has one of its own to it. */
export function withTable(open: OpenWorld): OpenWorld {
  return async (options) => {
    const world = await open(options);
    const { clock, queue, driver, operator, another, sibling } = world;
    const items = new Map<string, TableItem>();
    const keep = (name: string, declared: QueueOptions) => {
      const given = { queue: name, options: declared, clock };
      return {
        driver: (one: QueueDriver) => keptDriver(one, memoryTable(clock, items), given),
        operator: (one: QueueOperator) => {
          const { capabilities } = driver;
          return keptOperator(one, memoryTable(clock, items), { ...given, capabilities });
        },
      };
    };
    const tasks = keep(queue, world.options);
    const others = sibling && keep(sibling.queue, alone(world.options));
    return {
      ...world,
      driver: tasks.driver(driver),
      ...(operator === undefined ? {} : { operator: tasks.operator(operator) }),
      ...(another === undefined ? {} : { another: async () => tasks.driver(await another()) }),
      ...(sibling === undefined || others === undefined
        ? {}
        : {
            sibling: {
              ...sibling,
              driver: others.driver(sibling.driver),
              operator: others.operator(sibling.operator),
            },
          }),
    };
  };
}
