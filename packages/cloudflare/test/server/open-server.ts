import {
  type QueueBinding,
  QueueClient,
  type QueueDriver,
  type QueueOptions,
  VirtualClock,
} from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { onTestFinished } from "vitest";
import { runtime } from "../../src/runtime.ts";
import { QueueServer } from "./queue-server.ts";
import { bindingOf } from "./queue-world.ts";
import { StoredQueue } from "./stored-queue.ts";

/** A server with the queue "tasks" and its dead letters, what reaches it, and a clock that stands still. */
export interface OpenServer {
  readonly server: QueueServer;
  readonly clock: VirtualClock;
  readonly binding: QueueBinding;
  readonly driver: QueueDriver;
  readonly client: QueueClient;
  readonly tasks: StoredQueue;
  readonly dead: StoredQueue;
}

/** Closed when the test ends. */
export async function openServer(
  options: Partial<QueueOptions> = {},
  {
    maxRetries = 100,
    deadMaxRetries = 100,
  }: { readonly maxRetries?: number; readonly deadMaxRetries?: number } = {},
): Promise<OpenServer> {
  const server = await QueueServer.open();
  onTestFinished(() => server.close());
  process.env.CLOUDFLARE_API_TOKEN = server.token;
  const clock = new VirtualClock();
  const given = { ...defaultOptions, ...options };
  const kept = { retentionMs: 14 * 86_400_000, maxRetries };
  const dead = new StoredQueue(clock, { ...kept, maxRetries: deadMaxRetries });
  const tasks = new StoredQueue(clock, { ...kept, dead });
  server.queues.set("tasks", tasks).set("tasks-dead", dead);
  const binding = bindingOf(server, "tasks", given);
  const driver = runtime.queue(binding, clock);
  const client = new QueueClient(driver, { queue: "tasks", options: given, clock });
  return { server, clock, binding, driver, client, tasks, dead };
}
