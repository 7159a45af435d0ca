import { expect, test } from "vitest";
import { openPlainWorld, textOf } from "./plain-world.ts";

const KB = 1_024;

test("a batch is as large as the link takes, whatever the driver was told", async () => {
  const { driver, queue, clock } = await openPlainWorld({}, { maxBytes: 64 * KB });
  const bodies = Array.from({ length: 40 }, (_, index) => `${index} `.padEnd(4 * KB, "x"));
  const messages = bodies.map((body) => textOf(body, clock.now()));
  const results = await driver.send(messages);
  expect(results).toEqual(messages.map(({ id }) => ({ ok: true, id, deduplicated: false })));
  expect(queue.entries.map(({ message }) => message.message_id)).toEqual(
    messages.map(({ id }) => id),
  );
});

test("one message that the link does not take is refused alone", async () => {
  const { driver, queue, clock } = await openPlainWorld({}, { maxBytes: 64 * KB });
  const bodies = ["small", "x".repeat(100 * KB), "small too"];
  const results = await driver.send(bodies.map((body) => textOf(body, clock.now())));
  expect(results).toMatchObject([
    { ok: true },
    { ok: false, error: { code: "MESSAGE_TOO_LARGE", retryable: false } },
    { ok: true },
  ]);
  expect(queue.entries).toHaveLength(2);
});

test("attributes that make one property of more than 32 KB are refused before anything is sent", async () => {
  const { client, queue } = await openPlainWorld();
  const filler = "x".repeat(32 * KB);
  await expect(client.sendText("hello", { attributes: { filler } })).rejects.toMatchObject({
    code: "MESSAGE_TOO_LARGE",
    details: { limit: 32 * KB, service: "Service Bus" },
  });
  const both = [
    { payload: "a", attributes: { filler } },
    { payload: "b", attributes: { filler: "short" } },
  ];
  expect(await client.sendBatch(both)).toMatchObject([
    { ok: false, error: { code: "MESSAGE_TOO_LARGE" } },
    { ok: true },
  ]);
  expect(queue.entries).toHaveLength(1);
});
