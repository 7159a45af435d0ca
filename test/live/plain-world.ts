import type {
  PlatformRuntime,
  QueueBinding,
  QueueDriver,
  QueueOptions,
} from "@alienplatform/bindings";
import { alone, type QueueWorld, type WorldClock } from "@alienplatform/bindings/conformance";
import type { PlatformOperate } from "@alienplatform/bindings/operate";

/** What opens a platform's queues, and what makes and removes them. */
export interface PlainPlatform {
  readonly runtime: PlatformRuntime;
  readonly operate: PlatformOperate;
  /** Makes a queue and the one of its dead letters, unless that is another queue's name; answers its binding's address. */
  make(name: string, options: QueueOptions, deadLetters?: string): Promise<QueueBinding["address"]>;
  /** With its dead letters', if it was made with one. */
  remove(name: string): Promise<void>;
}

let worlds = 0;

/** Queues "tasks" and "others" of a platform, as programs open them: by their bindings. */
export async function openPlainWorld(
  { runtime, operate, make, remove }: PlainPlatform,
  prefix: string,
  options: QueueOptions,
  clock: WorldClock,
): Promise<QueueWorld> {
  const name = `${prefix}${++worlds}`;
  const others = `${name}-others`;
  const bindingOf = (
    queue: string,
    declared: QueueOptions,
    address: QueueBinding["address"],
  ): QueueBinding => ({
    ...{ version: 1, platform: runtime.platform, queue, options: declared, address },
  });
  const other = bindingOf("others", alone(options), await make(others, alone(options)));
  const own = bindingOf(
    "tasks",
    options,
    await make(name, options, options.deadLetters === undefined ? undefined : others),
  );
  const drivers: QueueDriver[] = [];
  const driverOf = (binding: QueueBinding) => {
    const driver = runtime.queue(binding, clock);
    drivers.push(driver);
    return driver;
  };
  const operators = [operate.queue(own, clock), operate.queue(other, clock)] as const;
  return {
    queue: "tasks",
    options,
    clock,
    driver: driverOf(own),
    operator: operators[0],
    another: async () => driverOf(own),
    sibling: { queue: "others", driver: driverOf(other), operator: operators[1] },
    close: async () => {
      await Promise.all([...drivers, ...operators].map((each) => each.close()));
      await remove(name);
      await remove(others);
    },
  };
}
