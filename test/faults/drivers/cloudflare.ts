import { type QueueBinding, systemClock } from "@alienplatform/bindings";
import { realTimeClock } from "@alienplatform/bindings/conformance";
import { operate } from "@alienplatform/cloudflare/operate";
import { runtime } from "@alienplatform/cloudflare/runtime";
import { QueueServer } from "../../../packages/cloudflare/test/server/queue-server.ts";
import { StoredQueue } from "../../../packages/cloudflare/test/server/stored-queue.ts";
import { cloudflareProtocol } from "./cloudflare-protocol.ts";
import { type Fault, FaultPlan } from "./fault-plan.ts";
import type { Service } from "./faulty-world.ts";
import { HttpProxy } from "./http-proxy.ts";

const able: readonly [Fault, ...Fault[]] = [
  "throttle",
  "unavailable",
  "cut before",
  "cut after",
  "unavailable after",
  "slow",
  "again",
];

/** Cloudflare's HTTP API of queues on our own server; it has no FIFO. */
export async function cloudflareService(name: string): Promise<Service> {
  const server = await QueueServer.open();
  process.env.CLOUDFLARE_API_TOKEN = server.token;
  return {
    name,
    open: async (seed, options, witness) => {
      const plan = new FaultPlan(seed, able);
      const { origin, pathname } = new URL(server.endpoint);
      const proxy = new HttpProxy(origin, cloudflareProtocol(), plan, witness);
      const { retentionMs } = options;
      const queue = `tasks-${seed}`;
      const dead = new StoredQueue(systemClock, { maxRetries: 100, retentionMs });
      server.queues.set(`${queue}-dead`, dead);
      server.queues.set(
        queue,
        new StoredQueue(systemClock, { maxRetries: 100, retentionMs, dead }),
      );
      const binding: QueueBinding = {
        version: 1,
        platform: "cloudflare",
        queue: "tasks",
        options,
        address: {
          kind: "http",
          account: server.account,
          queue,
          dead: `${queue}-dead`,
          endpoint: `${await proxy.listen()}${pathname}`,
        },
      };
      const clock = realTimeClock();
      const driver = runtime.queue(binding, clock);
      const operator = operate.queue(binding, clock);
      return {
        world: {
          queue: "tasks",
          options,
          driver,
          operator,
          clock,
          another: async () => runtime.queue(binding, clock),
          close: async () => undefined,
        },
        plan,
        quietMs: options.leaseMs + 2_500,
        // It counts in seconds.
        toleranceMs: 1_000,
        close: async () => {
          await Promise.all([driver.close(), operator.close()]);
          await proxy.close();
        },
      };
    },
    close: () => server.close(),
  };
}
