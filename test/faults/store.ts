import { QueueClient, type QueueOperator, systemClock } from "@alienplatform/bindings";
import { operate } from "@alienplatform/local/operate";
import { runtime } from "@alienplatform/local/runtime";
import { bindingOf } from "./actors.ts";

export interface Payload {
  readonly key: string;
  readonly filler?: string;
}

export interface Store {
  readonly tasks: QueueClient<Payload>;
  readonly operator: QueueOperator;
  close(): Promise<void>;
}

/** The campaign's queue in this process, through the public API. Fails here, not later, if the store cannot be opened. */
export async function openStore(directory: string): Promise<Store> {
  const binding = bindingOf(directory, 5);
  const driver = runtime.queue(binding, systemClock);
  const tasks = new QueueClient<Payload>(driver, {
    queue: "tasks",
    options: binding.options,
  });
  const operator = operate.queue(binding, systemClock);
  const close = async (): Promise<void> => {
    await operator.close();
    await tasks.close();
  };
  try {
    const receiver = await driver.open({ credit: 1, leaseMs: binding.options.leaseMs });
    await receiver.close();
    await operator.stats();
  } catch (error) {
    await close();
    throw error;
  }
  return { tasks, operator, close };
}

/** Every key that can still be received, in order; takes them all. */
export async function receiveAll(store: Store): Promise<string[]> {
  const keys: string[] = [];
  for (;;) {
    const messages = await store.tasks.receive("tasks", 100, { lease: "10m" });
    if (messages.length === 0) return keys;
    for (const { payload } of messages) keys.push(payload.key);
  }
}
