import { type QueueBinding, type QueueOptions, VirtualClock } from "@alienplatform/bindings";
import { alone, type QueueWorld } from "@alienplatform/bindings/conformance";
import { LOCK_MAX_MS } from "../src/capabilities.ts";
import { ServiceBusQueueDriver } from "../src/queue/driver.ts";
import { ServiceBusQueueOperator } from "../src/queue/operator.ts";
import { rest } from "./wire/rest.ts";
import { WireServer } from "./wire/server.ts";

/** Of Service Bus: 2,000 deliveries are its most, and a backstop only. */
const MOST_DELIVERIES = 2_000;

/** A queue on a server of its own, whose clock the test winds, and another one beside it. */
export async function openWireWorld(options: QueueOptions): Promise<QueueWorld> {
  const virtual = new VirtualClock();
  const server = new WireServer(virtual);
  await server.listen();
  const clock = windingClock(virtual, server);
  const sessions = options.fifo !== undefined;
  const network = { glanceMs: sessions ? 100 : 1, pause: () => rest(server) };
  deployQueue(server, "tasks", options);
  const sibling = alone(options);
  deployQueue(server, "others", sibling);
  const opened: { close(): Promise<void> }[] = [];
  const driverOf = (queue: string, declared: QueueOptions) => {
    const driver = new ServiceBusQueueDriver(bindingOf(server, queue, declared), clock, network);
    opened.push(driver);
    return driver;
  };
  const operatorOf = (queue: string, declared: QueueOptions) => {
    const binding = bindingOf(server, queue, declared);
    const operator = new ServiceBusQueueOperator(binding, clock, network);
    opened.push(operator);
    return operator;
  };
  return {
    queue: "tasks",
    driver: driverOf("tasks", options),
    clock,
    options,
    another: async () => driverOf("tasks", options),
    operator: operatorOf("tasks", options),
    sibling: {
      queue: "others",
      driver: driverOf("others", sibling),
      operator: operatorOf("others", sibling),
    },
    close: async () => {
      for (const one of opened) await one.close();
      await server.close();
    },
  };
}

/** As deploying makes a queue, and beside it the one that its dead letters are forwarded to, unless that is declared. */
export function deployQueue(server: WireServer, queue: string, options: QueueOptions): void {
  const lockMs = Math.min(options.leaseMs, LOCK_MAX_MS);
  const common = { lockMs, maxDeliveryCount: MOST_DELIVERIES };
  const forwardDeadTo = options.deadLetters ?? `${queue}-dead`;
  if (options.deadLetters === undefined) server.createQueue(forwardDeadTo, common);
  const sessions = options.fifo !== undefined;
  server.createQueue(queue, { ...common, sessions, ttlMs: options.retentionMs, forwardDeadTo });
}

export function bindingOf(server: WireServer, queue: string, options: QueueOptions): QueueBinding {
  const address = {
    namespace: "127.0.0.1",
    queue,
    deadQueue: options.deadLetters ?? `${queue}-dead`,
    emulator: `127.0.0.1:${server.port}`,
  };
  return { version: 1, platform: "azure", queue, options, address };
}

/** A virtual clock that lets the sockets come to rest before time goes on, and after each thing that it fires. */
export function windingClock(virtual: VirtualClock, server: WireServer): QueueWorld["clock"] {
  return {
    now: () => virtual.now(),
    schedule: (delayMs, run) => virtual.schedule(delayMs, run),
    async advance(byMs) {
      const until = virtual.now() + byMs;
      await rest(server);
      while (virtual.now() < until) {
        const next = Math.min(until, virtual.next ?? until);
        await virtual.advance(Math.max(0, next - virtual.now()));
        await rest(server);
      }
      await virtual.advance(0);
      await rest(server);
    },
  };
}
