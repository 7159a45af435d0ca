import * as alien from "@alienplatform/core";
import { onQueueMessage } from "@alienplatform/sdk";
import { afterEach, expect, test } from "vitest";
import { createTestQueues, type TestQueues } from "../src/index.ts";

const emails = new alien.Queue("emails").build();
const seen: unknown[] = [];

let queues: TestQueues;
afterEach(() => queues.close());

async function open(options: { readonly paused: boolean }): Promise<void> {
  const mailer = new alien.Function("mailer").trigger(emails, options).build();
  queues = await createTestQueues([emails, mailer]);
  onQueueMessage("emails", ({ payload }) => void seen.push(payload));
  seen.length = 0;
}

test("drain leaves alone what an operator has paused, and time ends the pause", async () => {
  await open({ paused: false });
  await queues.operate("emails").pause("the smtp server is down", { until: "1h" });
  await queues.queue("emails").sendText("mail");
  expect(await queues.drain()).toEqual([]);
  await queues.clock.advance("1h");
  expect(await queues.drain()).toMatchObject([{ attempt: 1, outcome: "ack" }]);
  expect(seen).toEqual(["mail"]);
});

test("drain leaves alone what is declared paused, until it is resumed", async () => {
  await open({ paused: true });
  await queues.queue("emails").sendText("mail");
  expect(await queues.drain({ until: "empty" })).toEqual([]);
  await queues.operate("emails").resume();
  await queues.drain();
  expect(seen).toEqual(["mail"]);
});
