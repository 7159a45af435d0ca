import { Endpoint, Function as FunctionBuilder, Queue, Stack } from "@alienplatform/core";
import { capabilities } from "@alienplatform/local/runtime";
import { expect, it } from "vitest";
import { refuseUnsupported } from "../src/dev/refusals.ts";

it("everything in a stack that this machine cannot do is refused at once", () => {
  const orders = new Queue("orders").fifo({ group: "account" }).build();
  const jobs = new Queue("jobs").results("1h").build();
  const stack = new Stack("shop")
    .platforms("local", "elsewhere")
    .add(orders)
    .add(jobs)
    .add(new Endpoint("billing").url("https://billing.internal").trigger(orders).build())
    .add(
      new FunctionBuilder("worker")
        .trigger(jobs, { paused: true, whilePaused: "deadLetter" })
        .build(),
    )
    .build();
  expect(() => refuseUnsupported(stack, capabilities)).toThrow(
    expect.objectContaining({
      code: "UNSUPPORTED",
      details: {
        refusals: [
          'stack "shop": dev cannot hold it to the limits of elsewhere yet',
          'queue "jobs": the local queue does not keep results yet',
          'endpoint "billing": dev does not deliver to HTTP endpoints yet',
          'function "worker": dev cannot dead-letter what arrives on "jobs" while paused yet',
        ],
      },
    }),
  );
});

it("a stack that names this platform alone is not refused", () => {
  const stack = new Stack("shop").platforms("local").add(new Queue("tasks").build()).build();
  expect(() => refuseUnsupported(stack, capabilities)).not.toThrow();
});
