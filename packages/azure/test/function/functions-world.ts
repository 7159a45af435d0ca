import { QueueClient, type QueueOptions, VirtualClock } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { pushedFunction } from "@alienplatform/sdk/push";
import { useQueues } from "@alienplatform/sdk/testing-hook";
import { vi } from "vitest";
import { type AzureFunction, entry } from "../../src/entry.ts";
import { ServiceBusQueueDriver } from "../../src/queue/driver.ts";
import { ServiceBusQueueOperator } from "../../src/queue/operator.ts";
import { rest } from "../wire/rest.ts";
import { WireServer } from "../wire/server.ts";
import { bindingOf, deployQueue, windingClock } from "../wire-world.ts";
import { FunctionsHost } from "./functions-host.ts";

export interface FunctionsWorldOptions {
  /** Of the queue "tasks". */
  readonly options?: Partial<QueueOptions>;
  readonly cardinality?: "one" | "many";
  readonly onInvalid?: "deadLetter" | "retry";
  /** What the function's file does when it is loaded. */
  readonly load: () => unknown;
}

/** A function app, its queue "tasks" on a server of its own, and what is said on stderr; by a clock that is wound. */
export interface FunctionsWorld {
  readonly tasks: QueueClient;
  readonly server: WireServer;
  readonly lines: readonly string[];
  readonly invoke: AzureFunction;
  /** The host's listener takes what is ready and answers what became of each call. */
  poll(): Promise<("completed" | "abandoned")[]>;
  wind(byMs: number): Promise<void>;
  readonly operator: ServiceBusQueueOperator;
  close(): Promise<void>;
}

/** The name of the function in its app that has "tasks" as its trigger. */
export const FUNCTION = "worker-tasks";

export async function openFunctionsWorld(given: FunctionsWorldOptions): Promise<FunctionsWorld> {
  const { cardinality = "one", onInvalid = "deadLetter", load } = given;
  const options: QueueOptions = {
    ...defaultOptions,
    backoff: { initialMs: 60_000, factor: 1, maxMs: 60_000, jitter: "none" },
    ...given.options,
  };
  const virtual = new VirtualClock(Date.UTC(2030, 0, 1));
  const server = new WireServer(virtual);
  await server.listen();
  deployQueue(server, "tasks", options);
  const binding = bindingOf(server, "tasks", options);
  const clock = windingClock(virtual, server);
  const network = { glanceMs: 1, pause: () => rest(server) };
  const driver = new ServiceBusQueueDriver(binding, clock, network);
  const operator = new ServiceBusQueueOperator(binding, clock, network);
  const restore = useQueues(async () => ({ driver, binding, clock, random: () => 0.5 }));
  const trigger = { queue: "tasks", batchSize: 10, paused: false };
  const triggers = [{ ...trigger, whilePaused: "wait", onInvalid }];
  vi.stubEnv("ALIEN_FUNCTION", JSON.stringify({ id: "worker", triggers }));
  const lines: string[] = [];
  const stderr = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    lines.push(String(text));
    return true;
  });
  const pushed = pushedFunction(async () => load(), {
    file: "src/worker.ts",
    queues: async () => [],
  });
  const invoke = entry(pushed, { [FUNCTION]: "tasks" });
  const { connectionString } = server;
  const host = { connectionString, queue: "tasks", functionName: FUNCTION, cardinality, invoke };
  const listener = new FunctionsHost(host);
  return {
    tasks: new QueueClient(driver, { queue: "tasks", options, clock }),
    server,
    lines,
    invoke,
    poll: () => listener.poll(),
    wind: (byMs) => clock.advance(byMs),
    operator,
    close: async () => {
      stderr.mockRestore();
      vi.unstubAllEnvs();
      restore();
      await listener.close();
      await driver.close();
      await operator.close();
      await server.close();
    },
  };
}
