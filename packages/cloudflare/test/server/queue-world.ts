import { type QueueBinding, type QueueOptions, VirtualClock } from "@alienplatform/bindings";
import { alone, type QueueWorld, woundClocks } from "@alienplatform/bindings/conformance";
import { operate } from "../../src/operate.ts";
import { runtime } from "../../src/runtime.ts";
import { QueueServer } from "./queue-server.ts";
import { StoredQueue } from "./stored-queue.ts";

/** Queues "tasks" and "others" with their dead letters, on a server of their own whose clock is wound. */
export async function openQueueWorld(
  options: QueueOptions,
): Promise<QueueWorld & { readonly server: QueueServer }> {
  const virtual = new VirtualClock();
  const server = await QueueServer.open();
  process.env.CLOUDFLARE_API_TOKEN = server.token;
  const { world, driver: clock } = woundClocks(virtual, 1_000);
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
    clock: world,
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
