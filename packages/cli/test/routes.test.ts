import { Endpoint, Function as FunctionBuilder, Queue, Stack } from "@alienplatform/core";
import { expect, it } from "vitest";
import { consumersOf } from "../src/consumers.ts";
import { routesOf } from "../src/dev/routes.ts";

const tasks = new Queue("tasks").build();
const mails = new Queue("mails").build();
const idle = new Queue("idle").build();
const stack = new Stack("shop")
  .add(tasks)
  .add(mails)
  .add(idle)
  .add(
    new FunctionBuilder("worker")
      .trigger(tasks, { batchSize: 5, onInvalid: "retry" })
      .trigger(mails)
      .build(),
  )
  .add(new Endpoint("billing").url("https://billing.internal").build())
  .build();

function consumed(bound: Readonly<Record<string, string>>) {
  const routes = routesOf(stack, (queue) => bound[queue]);
  const triggers = consumersOf(routes.stack).map(
    ({ id, triggers }) => [id, triggers.map(({ queue }) => queue)] as const,
  );
  return { routes, consumed: Object.fromEntries(triggers) };
}

it("without a binding the stack is what alien.ts says", () => {
  expect(consumed({}).routes).toEqual({ stack, lost: [] });
});

it("a queue that is bound keeps its trigger's options, and leaves who had it", () => {
  const { routes, consumed: queues } = consumed({ tasks: "billing" });
  expect(queues).toEqual({ worker: ["mails"], billing: ["tasks"] });
  const [trigger] = consumersOf(routes.stack).find(({ id }) => id === "billing")?.triggers ?? [];
  expect(trigger).toMatchObject({ queue: "tasks", batchSize: 5, onInvalid: "retry" });
});

it("a queue that nobody consumes is bound with the defaults, and one to its own consumer is no change", () => {
  const { routes, consumed: queues } = consumed({ idle: "worker", tasks: "worker" });
  expect(queues).toEqual({ worker: ["tasks", "mails", "idle"], billing: [] });
  expect(routes.lost).toEqual([]);
});

it("a queue that is bound to nobody of the stack is consumed by nobody", () => {
  const { routes, consumed: queues } = consumed({ tasks: "gone" });
  expect(queues).toEqual({ worker: ["mails"], billing: [] });
  expect(routes.lost).toEqual([{ queue: "tasks", consumer: "gone" }]);
});
