import * as alien from "@alienplatform/core";
import { ack, onQueueMessage, queue, retry, type VerdictHandler } from "@alienplatform/sdk";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { afterEach, expect, it } from "vitest";
import { z } from "zod";
import { here } from "../../../packages/cli/test/here.ts";
import { Project } from "../../../packages/cli/test/journey.ts";

// Handlers that answer with a verdict: acknowledge, or retry with a reason. They never acknowledge themselves.

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

const EmailJob = z.object({ to: z.string(), subject: z.string() });
const outbound = new alien.Queue("outbound-email")
  .schema(EmailJob)
  .maxAttempts(3)
  .backoff({ initial: "1m", jitter: "none" })
  .build();
const mailer = new alien.Function("mailer").trigger(outbound, { onInvalid: "retry" }).build();
const stack = new alien.Stack("mail").add(outbound).add(mailer).build();
const job = { to: "ada@example.com", subject: "hello" };

let queues: TestQueues | undefined;
let project: Project | undefined;
afterEach(async () => {
  await queues?.close();
  await project?.remove();
  queues = undefined;
  project = undefined;
});

async function open(): Promise<TestQueues> {
  queues = await createTestQueues(stack);
  return queues;
}

it("ack removes the message, also where the work has failed and a retry would be no use", async () => {
  const opened = await open();
  const poison: VerdictHandler<z.infer<typeof EmailJob>> = ({ payload }) =>
    payload.subject === "" ? ack({ dropped: true }) : ack();
  onQueueMessage(outbound, poison);
  const client = await queue(outbound);
  await client.send(job);
  await client.send({ ...job, subject: "" });
  expect(await opened.drain()).toMatchObject([
    { outcome: "ack" },
    { outcome: "ack", result: { dropped: true } },
  ]);
  await expect(outbound).toHaveMessages({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
});

it("retry redelivers with its reason, and what persists ends in the dead letters", async () => {
  const opened = await open();
  const done: number[] = [];
  onQueueMessage(outbound, async ({ attempt }) => {
    done.push(attempt); // half of the work succeeded, and yet it is to be tried again
    return retry(`smtp is down, attempt ${attempt}`);
  });
  await (await queue(outbound)).send(job);
  const deliveries = await opened.drain({ until: "empty" });
  expect(
    deliveries.map(({ outcome, delayMs, error }) => [outcome, delayMs, error?.message]),
  ).toEqual([
    ["retry", 60_000, "smtp is down, attempt 1"],
    ["retry", 120_000, "smtp is down, attempt 2"],
    ["deadLetter", undefined, "smtp is down, attempt 3"],
  ]);
  expect(done).toEqual([1, 2, 3]);
  await expect(outbound).toHaveDeadLetter({ error: "smtp is down, attempt 3" });
});

it("a message is decoded before the handler runs, and a malformed one is retried", async () => {
  const opened = await open();
  let handled = 0;
  onQueueMessage(outbound, () => {
    handled++;
    return ack();
  });
  // From a producer that does not know the type.
  await (await queue("outbound-email")).send("outbound-email", { to: "ada@example.com" });
  const deliveries = await opened.drain({ until: "empty" });
  expect(deliveries.map(({ outcome }) => outcome)).toEqual(["retry", "retry", "deadLetter"]);
  expect(handled).toBe(0);
  await expect(outbound).toHaveDeadLetter({
    error: { code: "PAYLOAD_REFUSED", issues: [{ path: "subject" }] },
  });
});

it("a handler of verdicts returns nothing but verdicts, as the compiler knows", () => {
  const right: VerdictHandler = async () => ack();
  // @ts-expect-error a value is no verdict
  const value: VerdictHandler = async () => ({ sent: true });
  // @ts-expect-error and neither is nothing
  const nothing: VerdictHandler = () => undefined;
  expect([right, value, nothing]).toHaveLength(3);
});

it("no two handlers consume the same queue, in one process or in one stack", async () => {
  await open();
  onQueueMessage("outbound-email", () => ack());
  expect(() => onQueueMessage(outbound, () => ack())).toThrow(
    expect.objectContaining({
      code: "HANDLER_DUPLICATE",
      message: expect.stringMatching(
        /verdict-handlers.test.ts:\d+ and at .*verdict-handlers.test.ts:\d+/,
      ),
    }),
  );
  const second = new alien.Function("second").trigger(outbound).build();
  expect(() => new alien.Stack("mail").add(outbound).add(mailer).add(second).build()).toThrow(
    'queue "outbound-email" has two consumers, function "mailer" and function "second"',
  );
});

it("a queue must have a name", () => {
  expect(() => new alien.Queue("").build()).toThrow(
    expect.objectContaining({ code: "DECLARATION_INVALID" }),
  );
  expect(() => onQueueMessage("", () => ack())).toThrow(TypeError);
});

it("dev routes the verdict and logs its reason", LIMIT, async () => {
  project = await Project.create({ "alien.ts": STACK, "src/mailer.ts": MAILER });
  const dev = await project.dev();
  await project.send("outbound-email", { to: "ada@example.com", subject: "busy" });
  expect(await dev.line(/attempt 1/)).toContain("retry in 10ms: smtp is down");
  expect(await dev.line(/attempt 2/)).toContain("ok");
  await project.send("outbound-email", { to: "ada@example.com", subject: "for ever" });
  expect(await dev.line(/attempt 1/)).toContain("retry in 10ms: smtp is down");
  expect(await dev.line(/attempt 2/)).toContain("dead letter: smtp is down");
  const letters = await here(project.directory, "dead", "ls", "outbound-email", "--json");
  expect(letters.stdout).toContain("smtp is down");
  expect(await dev.stop("SIGTERM")).toBe(143);
});

const STACK = `import * as alien from "@alienplatform/core";

const outbound = new alien.Queue("outbound-email")
  .maxAttempts(2)
  .backoff({ initial: "10ms", jitter: "none" })
  .build();
const mailer = new alien.Function("mailer").trigger(outbound, { onInvalid: "retry" }).build();
export default new alien.Stack("mail").add(outbound).add(mailer).build();
`;

const MAILER = `import { ack, onQueueMessage, retry } from "@alienplatform/sdk";

onQueueMessage("outbound-email", ({ payload, attempt }) => {
  if (payload.subject === "for ever") return retry("smtp is down");
  return payload.subject === "busy" && attempt === 1 ? retry("smtp is down") : ack();
});
`;
