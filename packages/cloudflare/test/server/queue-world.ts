import {
  type Clock,
  type QueueBinding,
  type QueueOptions,
  VirtualClock,
} from "@alienplatform/bindings";
import { alone, type QueueWorld } from "@alienplatform/bindings/conformance";
import { operate } from "../../src/operate.ts";
import { runtime } from "../../src/runtime.ts";
import { QueueServer } from "./queue-server.ts";
import { noRequests } from "./requests-under-way.ts";
import { StoredQueue } from "./stored-queue.ts";

/** A poll that waits is woken this soon, on the machine's clock: the suite does not wind the clock for polls. */
const POLL_MS = 2;

/** Queues "tasks" and "others" with their dead letters, on a server of their own whose clock is wound. */
export async function openQueueWorld(
  options: QueueOptions,
): Promise<QueueWorld & { readonly server: QueueServer }> {
  const virtual = new VirtualClock();
  const server = await QueueServer.open();
  process.env.CLOUDFLARE_API_TOKEN = server.token;
  const clock = impatient(virtual);
  const retention = { retentionMs: 14 * 86_400_000, maxRetries: 100 };
  for (const name of ["tasks", "others"]) {
    const dead = new StoredQueue(virtual, retention);
    const { retentionMs } = options;
    server.queues.set(`${name}-dead`, dead);
    server.queues.set(name, new StoredQueue(virtual, { maxRetries: 100, retentionMs, dead }));
  }
  const reach = (queue: string, declared: QueueOptions) => {
    const binding = bindingOf(server, queue, declared);
    return {
      queue,
      driver: runtime.queue(binding, clock),
      operator: operate.queue(binding, clock),
    };
  };
  return {
    ...reach("tasks", options),
    options,
    server,
    another: async () => runtime.queue(bindingOf(server, "tasks", options), clock),
    sibling: reach("others", alone(options)),
    clock: {
      now: () => virtual.now(),
      schedule: (delayMs, run) => virtual.schedule(delayMs, run),
      precisionMs: 1_000,
      advance: async (byMs) => {
        await noRequests();
        await virtual.advance(byMs);
        await noRequests();
      },
    },
    close: () => server.close(),
  };
}

export function bindingOf(
  { account, endpoint }: QueueServer,
  queue: string,
  options: QueueOptions,
): QueueBinding {
  const dead = options.deadLetters ?? `${queue}-dead`;
  const address = { kind: "http", account, queue, dead, endpoint };
  return { version: 1, platform: "cloudflare", queue, options, address };
}

/** The driver's clock: tells the wound time, and lets nobody wait longer than a poll. */
function impatient(virtual: VirtualClock): Clock {
  return {
    now: () => virtual.now(),
    schedule(delayMs, run) {
      const wake = () => {
        cancel();
        clearTimeout(timer);
        run();
      };
      const cancel = virtual.schedule(delayMs, wake);
      const timer = setTimeout(wake, POLL_MS);
      return () => {
        cancel();
        clearTimeout(timer);
      };
    },
  };
}
