import { retry } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { QueueOperations } from "@alienplatform/bindings/operate";
import { onQueueMessage } from "@alienplatform/sdk";
import { expect, onTestFinished, test } from "vitest";
import { QUEUE_ROLES, type QueueRight, RECEIVER, SENDER } from "../src/function/rights.ts";
import { ServiceBusQueueOperator } from "../src/queue/operator.ts";
import { openFunctionsWorld } from "./function/functions-world.ts";
import { openPlainWorld } from "./plain-world.ts";
import { rest } from "./wire/rest.ts";
import { bindingOf } from "./wire-world.ts";

/** What the roles of a right allow, as the server tells what it was asked for. */
function allowed(right: QueueRight): readonly string[] {
  const verbs = { [SENDER]: "send", [RECEIVER]: "receive" };
  const { queue, deadLetters } = QUEUE_ROLES[right];
  return [
    ...queue.map((role) => `${verbs[role]} tasks`),
    ...deadLetters.map((role) => `${verbs[role]} tasks-dead`),
  ].sort();
}

test("who sends needs all that a sender's role allows, and nothing else", async () => {
  const { client, server } = await openPlainWorld();
  await client.send({ n: 1 });
  await client.sendBatch([{ payload: 1 }, { payload: 2, delay: "1h" }]);
  expect([...server.needed].sort()).toEqual(allowed("send"));
});

test.each([undefined, "acme"])("so does who receives, in group %s", async (group) => {
  const { client, server, queue, take } = await openPlainWorld(
    group === undefined ? {} : { fifo: {} },
  );
  const put = () =>
    queue.enqueue({ body: "one", ...(group === undefined ? {} : { group_id: group }) });
  put();
  const first = await take();
  await client.extend(first, "20s");
  await client.ack(first);
  put();
  await client.deadLetter(await take(), "no such account");
  put();
  await client.nack(await take(), { delay: "1m" });
  const { needed } = server;
  // A retry in a group is the message itself, which waits in its session.
  if (group !== undefined) needed.add("send tasks");
  expect([...needed].sort()).toEqual(allowed("receive"));
});

test("so does a function that is triggered, beside its host", async () => {
  const world = await openFunctionsWorld({
    options: { maxAttempts: 2 },
    load: () => onQueueMessage("tasks", () => retry("again", { delay: "1m" })),
  });
  onTestFinished(() => world.close());
  world.server.queue("tasks").enqueue({ body: "one" });
  expect(await world.poll()).toEqual(["completed"]);
  await world.wind(60_000);
  expect(await world.poll()).toEqual(["completed"]);
  expect(world.server.queue("tasks-dead").entries).toHaveLength(1);
  expect([...world.server.needed].sort()).toEqual(allowed("trigger"));
});

test("so does who operates", async () => {
  const { server, clock, queue } = await openPlainWorld();
  const binding = bindingOf(server, "tasks", defaultOptions);
  const network = { glanceMs: 1, pause: () => rest(server) };
  const operator = new ServiceBusQueueOperator(binding, clock, network);
  onTestFinished(() => operator.close());
  const operations = new QueueOperations(async () => ({ operator, clock }), { queue: "tasks" });
  queue.enqueue({ body: "one" });
  expect(await operations.peek()).toHaveLength(1);
  expect(await operations.stats()).toMatchObject({ ready: 1 });
  await operations.purge();
  const dead = server.queue("tasks-dead");
  for (const body of ["one", "two", "three"]) dead.enqueue({ body });
  const [one, two, three] = await operations.dead.list();
  await operations.dead.redrive(one?.id ?? "");
  await operations.dead.discard(two?.id ?? "");
  await operations.dead.edit(three?.id ?? "", "four");
  expect([...server.needed].sort()).toEqual(allowed("operate"));
});
