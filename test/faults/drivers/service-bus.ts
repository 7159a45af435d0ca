import { type QueueBinding, systemClock } from "@alienplatform/bindings";
import { realTimeClock } from "@alienplatform/bindings/conformance";
import { ServiceBusQueueDriver } from "../../../packages/azure/src/queue/driver.ts";
import { ServiceBusQueueOperator } from "../../../packages/azure/src/queue/operator.ts";
import { WireServer } from "../../../packages/azure/test/wire/server.ts";
import { type Fault, FaultPlan } from "./fault-plan.ts";
import type { Service } from "./faulty-world.ts";
import { plantedInTime } from "./planted.ts";
import { harmQueue } from "./service-bus-harm.ts";

const able: readonly [Fault, ...Fault[]] = [
  "throttle",
  "unavailable",
  "cut before",
  "cut after",
  "unavailable after",
  "detach",
];

/** Service Bus on our own server, one for each seed; with sessions every queue has groups. */
export function serviceBusService(name: string, sessions: boolean): Service {
  return {
    name,
    planted: plantedInTime,
    open: async (seed, declared, witness) => {
      const options = sessions ? { ...declared, fifo: {} } : declared;
      const plan = new FaultPlan(seed, able, [2, 5]);
      const server = new WireServer(systemClock);
      await server.listen();
      const lockMs = options.leaseMs;
      // Service Bus's most, and a backstop only.
      const maxDeliveryCount = 2_000;
      const forwardDeadTo = "tasks-dead";
      server.createQueue(forwardDeadTo, { lockMs, maxDeliveryCount });
      const ttlMs = options.retentionMs;
      const made = { lockMs, maxDeliveryCount, ttlMs, forwardDeadTo, sessions };
      harmQueue(server.createQueue("tasks", made), server, plan, witness);
      const binding: QueueBinding = {
        version: 1,
        platform: "azure",
        queue: "tasks",
        options,
        address: {
          namespace: "127.0.0.1",
          queue: "tasks",
          deadQueue: forwardDeadTo,
          emulator: `127.0.0.1:${server.port}`,
        },
      };
      const clock = realTimeClock();
      const connect = () => new ServiceBusQueueDriver(binding, clock);
      const driver = connect();
      const operator = new ServiceBusQueueOperator(binding, clock);
      return {
        world: {
          queue: "tasks",
          options,
          driver,
          operator,
          clock,
          another: async () => connect(),
          close: async () => undefined,
        },
        plan,
        quietMs: options.leaseMs + 2_500,
        toleranceMs: 100,
        close: async () => {
          await Promise.all([driver.close(), operator.close()]);
          await server.close();
        },
      };
    },
    close: async () => undefined,
  };
}
