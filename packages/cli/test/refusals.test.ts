import { Endpoint, Function as FunctionBuilder, Queue, Stack } from "@alienplatform/core";
import { expect, it } from "vitest";
import { refuseUnsupported } from "../src/dev/refusals.ts";

it("everything in a stack that its platforms cannot do is refused at once, each with its fix", async () => {
  const orders = new Queue("orders").fifo({ group: "account" }).build();
  const jobs = new Queue("jobs").backoff({ max: "2d" }).concurrency(1).build();
  const stack = new Stack("shop")
    .platforms("local", "aws", "cloudflare")
    .add(orders)
    .add(jobs)
    .add(new Endpoint("billing").url("https://billing.internal").trigger(orders).build())
    .add(new FunctionBuilder("worker").trigger(jobs).timeout("10m").build())
    .build();
  const error = await refuseUnsupported(stack).catch((thrown: unknown) => thrown);
  expect(error).toMatchObject({
    code: "UNSUPPORTED",
    details: {
      refusals: [
        { platform: "aws", resource: "jobs", path: "backoff.max" },
        { platform: "aws", resource: "jobs", path: "concurrency" },
        { platform: "cloudflare", resource: "orders", path: "fifo" },
        { platform: "cloudflare", resource: "jobs", path: "backoff.max" },
      ],
    },
  });
  expect(String(error)).toContain("Declare .fifo() with one group, or .concurrency(2).");
});

it("one refusal is the error itself, with its fix", async () => {
  const orders = new Queue("orders").fifo().build();
  const stack = new Stack("shop").platforms("cloudflare").add(orders).build();
  await expect(refuseUnsupported(stack)).rejects.toMatchObject({
    code: "UNSUPPORTED",
    message: 'cloudflare: queue "orders" is FIFO, and Cloudflare Queues keeps no order',
    fix: "Leave out .fifo(), or the platform.",
  });
});

it("a platform that does not exist is said, with those that do", async () => {
  const stack = new Stack("shop").platforms("elsewhere").add(new Queue("tasks").build()).build();
  await expect(refuseUnsupported(stack)).rejects.toMatchObject({
    code: "PLATFORM_MISSING",
    fix: expect.stringMatching(/^Use one of aws, .*local/),
  });
});

it("a stack that names no platform, or only this one, is refused nothing", async () => {
  const tasks = new Queue("tasks").results("1h").build();
  await refuseUnsupported(new Stack("shop").add(tasks).build());
  await refuseUnsupported(new Stack("shop").platforms("local").add(tasks).build());
});
