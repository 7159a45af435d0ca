import * as alien from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { type } from "arktype";
import * as v from "valibot";
import { afterEach, describe, expect, test } from "vitest";
import { z } from "zod";
import { createTestQueues, type TestQueues } from "../src/index.ts";

// One queue, said in three libraries: text that becomes a number, a default, and a date.
const declarations = {
  zod: new alien.Queue("images")
    .schema(
      z.object({
        imageId: z.string(),
        width: z.string().regex(/^\d+$/).transform(Number),
        unit: z.string().default("px"),
        taken: z.iso.datetime().transform((text) => new Date(text)),
      }),
    )
    .build(),
  valibot: new alien.Queue("images")
    .schema(
      v.object({
        imageId: v.string(),
        width: v.pipe(v.string(), v.digits(), v.transform(Number)),
        unit: v.optional(v.string(), "px"),
        taken: v.pipe(
          v.string(),
          v.isoTimestamp(),
          v.transform((text) => new Date(text)),
        ),
      }),
    )
    .build(),
  arktype: new alien.Queue("images")
    .schema(
      type({
        imageId: "string",
        width: "string.numeric.parse",
        unit: "string = 'px'",
        taken: "string.date.iso.parse",
      }),
    )
    .build(),
};

const input = { imageId: "1", width: "640", taken: "2030-01-02T03:04:05.000Z" };
const output = { imageId: "1", width: 640, unit: "px", taken: new Date("2030-01-02T03:04:05Z") };

let queues: TestQueues;
afterEach(() => queues.close());

describe.each(Object.entries(declarations))("a schema of %s", (_library, images) => {
  test("stores the input and hands over the output, to a handler and to a receiver", async () => {
    queues = await createTestQueues(images);
    const seen: unknown[] = [];
    onQueueMessage(images, ({ payload }) => void seen.push(payload));
    const client = await queue(images);
    await client.send("images", input);
    await client.send(input);
    const [stored] = await queues.operate(images).peek();
    expect(JSON.parse(String(stored?.body))).toEqual(input);
    expect(queues.sent(images).map(({ payload }) => payload)).toEqual([input, input]);
    expect(await client.receive()).toMatchObject([{ payload: output }]);
    await queues.drain({ failOnError: true });
    expect(seen).toEqual([output]);
  });

  test("refuses at send with the issues, and nothing is sent", async () => {
    queues = await createTestQueues(images);
    // The types forbid it; JavaScript may try.
    const wrong = { ...input, width: "wide", imageId: 7 } as unknown as typeof input;
    const refused = queues.queue(images).send(wrong);
    await expect(refused).rejects.toMatchObject({ code: "PAYLOAD_REFUSED" });
    const { issues } = await refused.catch(({ details }) => details);
    expect(pathsOf(issues)).toEqual(["imageId", "width"]);
    const results = await queues
      .queue(images)
      .sendBatch([{ payload: input }, { payload: wrong }, { payload: input }]);
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect(await queues.operate(images).stats()).toMatchObject({ ready: 2 });
  });

  test("sends what it refuses at receive to the dead letters, with path and message of each issue", async () => {
    queues = await createTestQueues(images);
    let handled = 0;
    onQueueMessage(images, () => handled++);
    // By name it is not checked at send: so does a producer of another language, or of an older version.
    await queues.queue("images").send("images", { imageId: 7, width: "wide", taken: input.taken });
    const [event] = await queues.drain();
    expect(event).toMatchObject({ outcome: "deadLetter", error: { code: "PAYLOAD_REFUSED" } });
    expect(handled).toBe(0);
    const [dead] = await queues.operate(images).dead.list();
    const issues = dead?.error.issues ?? [];
    expect(pathsOf(issues)).toEqual(["imageId", "width"]);
    expect(issues.every(({ message }) => message.length > 0)).toBe(true);
  });

  test("sends what it refuses at a receive call to the dead letters too", async () => {
    queues = await createTestQueues(images);
    await queues.queue("images").sendBatch([{ payload: { imageId: 7 } }, { payload: input }]);
    expect(await queues.queue(images).receive(10)).toMatchObject([{ payload: output }]);
    expect(await queues.operate(images).stats()).toMatchObject({ dead: 1, inFlight: 1 });
  });
});

test("a schema of arktype, which is a function, is a schema like any other", () => {
  expect(declarations.arktype.schema).toBeTypeOf("function");
});

describe.each([
  [
    "zod",
    z
      .object({ email: z.string() })
      .refine(async ({ email }) => email.endsWith("@example.com"), { path: ["email"] })
      .transform(async ({ email }) => ({ user: email.split("@")[0] ?? "" })),
  ],
  [
    "valibot",
    v.pipeAsync(
      v.object({ email: v.string() }),
      v.forwardAsync(
        v.checkAsync(async ({ email }) => email.endsWith("@example.com"), "not one of ours"),
        ["email"],
      ),
      v.transformAsync(async ({ email }) => ({ user: email.split("@")[0] ?? "" })),
    ),
  ],
] as const)("an asynchronous schema of %s", (_library, schema) => {
  test("is waited for, at send and at receive", async () => {
    const users = new alien.Queue("users").schema(schema).build();
    queues = await createTestQueues(users);
    const seen: unknown[] = [];
    onQueueMessage(users, ({ payload }) => void seen.push(payload));
    await queues.queue(users).send({ email: "ada@example.com" });
    await expect(queues.queue(users).send({ email: "eve@example.org" })).rejects.toMatchObject({
      code: "PAYLOAD_REFUSED",
      details: { issues: [{ path: "email" }] },
    });
    await queues.queue("users").send("users", { email: "eve@example.org" });
    const events = await queues.drain();
    expect(events.map(({ outcome }) => outcome)).toEqual(["ack", "deadLetter"]);
    expect(seen).toEqual([{ user: "ada" }]);
    await queues.queue(users).send({ email: "bob@example.com" });
    expect(await queues.queue(users).receive()).toMatchObject([{ payload: { user: "bob" } }]);
  });
});

test("jobs by name get the output, and what is sent to any of them is checked", async () => {
  const Payment = z.object({ cents: z.coerce.number().int() });
  const payments = new alien.Queue("payments").schema(Payment).build();
  queues = await createTestQueues(payments);
  const done: unknown[] = [];
  onQueueMessage(payments, {
    charge: ({ cents }) => void done.push(["charge", cents]),
    refund: ({ cents }, { message }) => void done.push([message.job, cents]),
  });
  const client = await queue(payments);
  await client.call("charge", { cents: "100" });
  await client.call("refund", { cents: 50 });
  await expect(client.call("charge", { cents: "a lot" })).rejects.toMatchObject({
    code: "PAYLOAD_REFUSED",
    details: { issues: [{ path: "cents" }] },
  });
  await queues.drain({ failOnError: true });
  expect(done).toEqual([
    ["charge", 100],
    ["refund", 50],
  ]);
});

test("a text queue has a schema of text, and messages whose transform throws are refused one by one", async () => {
  const lines = new alien.Queue("lines")
    .schema(z.string().transform((text) => JSON.parse(text)))
    .build();
  queues = await createTestQueues(lines);
  const seen: unknown[] = [];
  onQueueMessage(lines, ({ payload }) => void seen.push(payload));
  await queues.queue(lines).send("lines", "[1]");
  await queues.queue("lines").sendText("[");
  const events = await queues.drain();
  expect(events.map(({ outcome }) => outcome)).toEqual(["ack", "deadLetter"]);
  expect(seen).toEqual([[1]]);
});

test("a trigger that says so retries what cannot be decoded", async () => {
  const images = declarations.zod;
  const worker = new alien.Function("worker").trigger(images, { onInvalid: "retry" }).build();
  queues = await createTestQueues(new alien.Stack("images").add(images).add(worker).build());
  onQueueMessage(images, () => undefined);
  await queues.queue("images").send("images", { imageId: 7 });
  expect(await queues.drain()).toMatchObject([
    { outcome: "retry", attempt: 1, error: { code: "PAYLOAD_REFUSED" } },
  ]);
  const [, , , last] = await queues.drain({ until: "empty" });
  expect(last).toMatchObject({ outcome: "deadLetter", attempt: 5 });
});

/** Each path once, sorted. */
function pathsOf(issues: readonly { readonly path?: string }[]): readonly (string | undefined)[] {
  return [...new Set(issues.map(({ path }) => path))].sort();
}
