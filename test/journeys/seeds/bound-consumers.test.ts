import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";
import * as alien from "@alienplatform/core";
import { onQueueMessage, queue } from "@alienplatform/sdk";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import "@alienplatform/testing/vitest";
import { afterEach, expect, it } from "vitest";
import { here } from "../../../packages/cli/test/here.ts";
import { Project } from "../../../packages/cli/test/journey.ts";

// Background work that is handed to a queue and posted to the consumer that is bound to it: the status of the
// consumer's answer says what becomes of a job, and idempotency keys keep it from being done twice.

// Each starts several processes from source, on a machine that others use too.
const LIMIT = { timeout: 180_000 };

let queues: TestQueues | undefined;
let project: Project | undefined;
let close: () => void = () => undefined;
afterEach(async () => {
  close();
  await queues?.close();
  await project?.remove();
  queues = undefined;
  project = undefined;
});

async function open(...declared: readonly alien.QueueResource[]): Promise<TestQueues> {
  queues = await createTestQueues(declared);
  return queues;
}

interface Posted {
  readonly body: Record<string, unknown>;
  readonly headers: IncomingHttpHeaders;
}

/** A consumer that answers as each job's payload says, and with 200 from the second attempt on. */
async function consumer(posted: Posted[]): Promise<string> {
  const server = createServer(async (request, response) => {
    const body = JSON.parse(await text(request));
    posted.push({ body, headers: request.headers });
    response.writeHead(body.attempt > 1 ? 200 : body.payload.status).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  close = () => {
    server.closeAllConnections();
    server.close();
  };
  const { port } = server.address() as AddressInfo; // it listens on a port, as just asked
  return `http://127.0.0.1:${port}/process-order`;
}

it(
  "a job is posted with its queue, its payload and its time, and the status decides",
  LIMIT,
  async () => {
    const posted: Posted[] = [];
    const url = await consumer(posted);
    project = await Project.create({ "alien.ts": stackWith(url) });
    const dev = await project.dev("--json");
    const statuses = [200, 204, 500, 503, 408, 429, 400, 404, 422];
    for (const status of statuses) await project.send("orders", { status, orderId: "ord_123" });
    const outcomes = new Map<unknown, string[]>();
    const wanted = statuses.length + 4; // each of the four that are retried comes twice
    for (let seen = 0; seen < wanted; seen++) {
      const { id, outcome } = JSON.parse(await dev.line(/"type":"delivery"/));
      outcomes.set(id, [...(outcomes.get(id) ?? []), outcome]);
    }
    const statusOf = (id: unknown) => posted.find(({ body }) => body.id === id)?.body.payload;
    const byStatus = Object.fromEntries(
      [...outcomes].map(([id, all]) => [JSON.parse(JSON.stringify(statusOf(id))).status, all]),
    );
    expect(byStatus).toEqual({
      200: ["ack"],
      204: ["ack"],
      500: ["retry", "ack"],
      503: ["retry", "ack"],
      408: ["retry", "ack"],
      429: ["retry", "ack"],
      400: ["deadLetter"],
      404: ["deadLetter"],
      422: ["deadLetter"],
    });
    const first = posted[0];
    expect(first?.body).toMatchObject({
      queue: "orders",
      payload: { status: 200, orderId: "ord_123" },
      attempt: 1,
      enqueuedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    });
    expect(first?.headers["x-alien-queue"]).toBe("orders");
    expect(await dev.stop("SIGTERM")).toBe(143);
  },
);

it("a job that exhausts its retries is dead-lettered and not dropped", LIMIT, async () => {
  const posted: Posted[] = [];
  const url = await consumer(posted);
  close(); // nobody listens there any more
  project = await Project.create({ "alien.ts": stackWith(url) });
  const dev = await project.dev("--json");
  await project.send("orders", { status: 200 });
  for (const outcome of ["retry", "deadLetter"]) {
    expect(JSON.parse(await dev.line(/"type":"delivery"/))).toMatchObject({ outcome });
  }
  const letters = await here(project.directory, "dead", "ls", "orders", "--json");
  expect(JSON.parse(letters.stdout.split("\n")[0] ?? "")).toMatchObject({ attempts: 2 });
  expect(posted).toEqual([]);
  expect(await dev.stop("SIGTERM")).toBe(143);
});

it("a repeated idempotency key within 24 hours returns the original job and enqueues nothing", async () => {
  const opened = await open(new alien.Queue("orders").build());
  const orders = await queue("orders");
  const key = "k".repeat(256);
  const first = await orders.send("orders", { n: 1 }, { idempotencyKey: key });
  expect(first.deduplicated).toBe(false);
  await opened.clock.advance("23h");
  expect(await orders.send("orders", { n: 2 }, { idempotencyKey: key })).toEqual({
    id: first.id,
    deduplicated: true,
  });
  expect("orders").toHaveSentTimes(1);
  await opened.clock.advance("1h");
  const again = await orders.send("orders", { n: 3 }, { idempotencyKey: key });
  expect(again.deduplicated).toBe(false);
  const tooLong = orders.send("orders", { n: 4 }, { idempotencyKey: `${key}k` });
  await expect(tooLong).rejects.toMatchObject({ code: "OPTION_INVALID" });
});

it("a delayed job comes when its delay has passed, and a negative delay is refused", async () => {
  const opened = await open(new alien.Queue("orders").build());
  onQueueMessage("orders", () => undefined);
  const orders = await queue("orders");
  await orders.send("orders", { n: 1 }, { delay: "90s" });
  await opened.clock.advance(89_999);
  expect(await opened.drain()).toEqual([]);
  await opened.clock.advance(1);
  expect(await opened.drain()).toHaveLength(1);
  // The types forbid it; JavaScript may try.
  const negative = { delay: "-1s" } as unknown as { delay: "1s" };
  await expect(orders.send("orders", {}, negative)).rejects.toMatchObject({
    code: "OPTION_INVALID",
  });
});

it("a payload is optional, and a queue that nobody declared is unknown", async () => {
  const opened = await open(new alien.Queue("orders").build());
  const orders = await queue("orders");
  await orders.send("orders", null);
  expect(opened.sent("orders")).toMatchObject([{ payload: null, kind: "json" }]);
  await expect((await queue("order")).send("order", {})).rejects.toMatchObject({
    code: "UNKNOWN_QUEUE",
  });
});

it("a paused binding dead-letters at once and keeps accepting jobs; nothing of it is lost", async () => {
  const orders = new alien.Queue("orders").build();
  const worker = new alien.Function("process-order")
    .trigger(orders, { paused: true, whilePaused: "deadLetter" })
    .build();
  queues = await createTestQueues(new alien.Stack("shop").add(orders).add(worker).build());
  const handled: unknown[] = [];
  onQueueMessage("orders", ({ payload }) => void handled.push(payload));
  const { id } = await (await queue("orders")).send("orders", { n: 1 });
  expect(await queues.drain()).toEqual([]);
  await expect("orders").toHaveDeadLetter({ id, attempts: 0, error: { code: "PAUSED" } });
  const operations = queues.operate("orders");
  await expect(operations.dead.redrive([id])).rejects.toMatchObject({ code: "QUEUE_PAUSED" });
  // Bound again, it is active.
  await operations.bind("process-order");
  expect(await operations.paused()).toBeUndefined();
  expect(await operations.dead.redrive([id])).toMatchObject([{ ok: true }]);
  expect(await queues.drain()).toMatchObject([{ id, attempt: 1, outcome: "ack" }]);
  expect(handled).toEqual([{ n: 1 }]);
});

it(
  "bindings are listed, overwritten and removed, the last only with the queue's name once more",
  LIMIT,
  async () => {
    project = await Project.create({ "alien.ts": stackWith("http://127.0.0.1:9/") });
    const { directory } = project;
    const listed = async (): Promise<unknown> => {
      const { stdout } = await here(directory, "bindings", "ls", "--json");
      return JSON.parse(stdout).bindings[0];
    };
    const declared = { queue: "orders", function: "process-order", declared: "process-order" };
    expect(await listed()).toEqual({ ...declared, status: "active" });
    await here(directory, "bindings", "set", "orders", "archive-order", "--paused");
    expect(await listed()).toMatchObject({ function: "archive-order", status: "paused" });
    await here(directory, "bindings", "set", "orders", "archive-order");
    expect(await listed()).toMatchObject({ function: "archive-order", status: "active" });
    const unsure = await here(directory, "bindings", "unset", "orders");
    expect(unsure).toMatchObject({
      status: 2,
      stderr: expect.stringContaining("CONFIRMATION_REQUIRED"),
    });
    await here(directory, "bindings", "unset", "orders", "--confirm", "orders");
    expect(await listed()).toEqual({ ...declared, status: "active" });
  },
);

function stackWith(url: string): string {
  return `import * as alien from "@alienplatform/core";

const orders = new alien.Queue("orders")
  .maxAttempts(2)
  .backoff({ initial: "10ms", jitter: "none" })
  .build();
const processOrder = new alien.Endpoint("process-order").url("${url}").trigger(orders).build();
const archive = new alien.Queue("archive").build();
const archiveOrder = new alien.Endpoint("archive-order").url("${url}").trigger(archive).build();
export default new alien.Stack("shop")
  .add(orders).add(processOrder).add(archive).add(archiveOrder).build();
`;
}
