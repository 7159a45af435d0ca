import { expect } from "vitest";
import { AlienSession } from "./alien-session.ts";
import type { StageWorld } from "./world.ts";

/**
 * An example's way through its life, typed as a user types it: planned, brought up, given real input, changed, failing,
 * mended, paused, repaired and taken down. The same lines on every platform.
 */
export async function stageJourney(world: StageWorld): Promise<void> {
  const session = await AlienSession.ofExample("http-and-queue");
  try {
    if (world.keepsState !== undefined) await asksForState(session);
    if (world.deployed !== undefined) await isPlanned(session, world);
    await world.up(session);
    if (world.deployed !== undefined) await isReady(session, world);
    await handlesRealInput(session, world);
    await failsAndIsMended(session, world);
    await waitsWhilePaused(session, world);
    if (world.keepsState !== undefined) await keepsState(session, world);
    if (world.deployed !== undefined) {
      await isRepaired(session, world);
      await isDestroyed(session, world);
    }
  } finally {
    session.show(`stage-${world.platform}`);
  }
}

async function isPlanned(session: AlienSession, { on, deployed }: StageWorld): Promise<void> {
  const planned = await session.alien("plan", ...on);
  expect(planned.stdout).toMatch(new RegExp(`${deployed?.parts} to create$`));
  expect(await deployed?.left()).toEqual([]);
}

async function isReady(session: AlienSession, { on, deployed }: StageWorld): Promise<void> {
  const status = await session.alien("status", ...on);
  expect(status.stdout.match(/ready/g)).toHaveLength(deployed?.parts ?? 0);
}

/** A request, and a message from the command line. */
async function handlesRealInput(session: AlienSession, world: StageWorld): Promise<void> {
  const answer = await fetch(`${await world.url()}/?name=ann`, { method: "POST" });
  expect([answer.status, await answer.json()]).toEqual([202, { id: expect.any(String) }]);
  await world.handled(1);
  await session.alien("queue", "send", "signups", '{"name":"bob"}', ...world.on);
  await world.handled(2);
  expect(await world.logs(session)).toMatch(/welcomed ann[\s\S]*welcomed bob/);
  if (world.deployed !== undefined) expect(await world.up(session)).toContain("nothing to do");
}

/** A change of the code and of what the queue promises; a retry, a dead letter, and back with a mended handler. */
async function failsAndIsMended(session: AlienSession, world: StageWorld): Promise<void> {
  const { on } = world;
  await session.edit("src/web.ts", HANDLER, HANDLER + MISTAKE);
  await session.edit("alien.ts", QUEUE, `${QUEUE}.maxAttempts(2).backoff({ initial: "100ms" })`);
  if (world.deployed !== undefined) {
    expect((await session.alien("plan", ...on)).stdout).toMatch(world.deployed.changed);
  }
  await world.up(session);
  await session.alien("queue", "send", "signups", '{"name":"eve"}', ...on);
  await world.handled(3);
  expect((await session.alien("dead", "ls", "signups", ...on)).stdout).toContain("no eve");
  await session.edit("src/web.ts", MISTAKE, "");
  await world.up(session);
  await session.alien("dead", "redrive", "signups", "--all", ...on);
  await world.handled(4);
  expect(await world.logs(session)).toContain("welcomed eve");
}

/** Messages wait, also through a deploy. */
async function waitsWhilePaused(session: AlienSession, world: StageWorld): Promise<void> {
  const { on } = world;
  await session.alien("queue", "pause", "signups", "--reason", "the bank is closed", ...on);
  await world.settled();
  const stats = await session.alien("queue", "stats", "signups", ...on);
  expect(stats.stdout).toContain("the bank is closed");
  await session.alien("queue", "send", "signups", '{"name":"dan"}', ...on);
  if (world.deployed !== undefined) {
    expect(await world.up(session)).toContain("nothing to do");
    const held = await session.tries("destroy", ...on, "--yes");
    expect(held.status).not.toBe(0);
    expect(held.stderr).toContain("error DATA_LOSS");
  }
  expect(world.handledSoFar()).toBe(4);
  await session.alien("queue", "resume", "signups", ...on);
  await world.handled(5);
}

/** Results are kept, handlers take their time, and several messages are with them at once. */
async function asksForState(session: AlienSession): Promise<void> {
  await session.edit("alien.ts", QUEUE, `${QUEUE}.results("1h")`);
  await session.edit("alien.ts", TRIGGER, "trigger(signups, { batchSize: 5 })");
  await session.edit("src/web.ts", END_OF_HANDLER, TAKES_TIME + END_OF_HANDLER);
}

/** A repeated key, a result, a limit per key, and a delay that no vendor's queue has. */
async function keepsState(session: AlienSession, { on, keepsState }: StageWorld): Promise<void> {
  const send = async (name: string, ...options: readonly string[]) => {
    const payload = JSON.stringify({ name });
    const args = ["queue", "send", "signups", payload, ...options, "--json", ...on];
    return JSON.parse((await session.alien(...args)).stdout);
  };
  const job = async (verb: "get" | "wait", id: string) =>
    JSON.parse((await session.alien("job", verb, "signups", id, "--json", ...on)).stdout);

  const first = await send("kim", "--idempotency-key", "kim");
  expect(first).toMatchObject({ deduplicated: false });
  const again = await send("kim", "--idempotency-key", "kim");
  expect(again).toEqual({ ...first, deduplicated: true });
  const done = { status: "SUCCEEDED", result: { done: "kim" } };
  expect(await job("wait", first.id)).toMatchObject(done);
  expect(await job("get", first.id)).toMatchObject(done);

  // Both are there when the first of them can be taken.
  await session.alien("queue", "pause", "signups", "--reason", "both at once", ...on);
  const keyed = ["--concurrency-key", "desk", "--concurrency-limit", "1"];
  const gus = await send("gus", ...keyed);
  const hal = await send("hal", ...keyed);
  await session.alien("queue", "resume", "signups", ...on);
  const [one, other] = [await job("wait", gus.id), await job("wait", hal.id)];
  expect([one.status, other.status]).toEqual(["SUCCEEDED", "SUCCEEDED"]);
  const [earlier, later] = [one, other].sort((a, b) => ranAt(a).from - ranAt(b).from);
  expect(ranAt(later).from).toBeGreaterThanOrEqual(ranAt(earlier).to);

  const { delay } = keepsState ?? {};
  if (delay === undefined) return;
  const far = await send("ivy", "--delay", delay);
  expect(await job("get", far.id)).toMatchObject({ status: "PENDING" });
  await session.alien("queue", "purge", "signups", "--yes", ...on);
  expect(await job("get", far.id)).toMatchObject({ status: "CANCELLED" });
}

/** When the handler ran, as it says itself. */
function ranAt({ result }: { readonly result: { readonly from: number; readonly to: number } }) {
  return result;
}

/** Somebody else changes it; the next deploy repairs it. */
async function isRepaired(session: AlienSession, world: StageWorld): Promise<void> {
  const settings = await world.deployed?.drift();
  const drifted = await session.alien("plan", ...world.on);
  expect(drifted.stdout.match(/changed by somebody else/g)).toHaveLength(settings ?? 0);
  expect(await world.up(session)).toContain("changes in");
  expect((await session.alien("plan", ...world.on)).stdout).toContain("nothing to do");
}

async function isDestroyed(session: AlienSession, { on, deployed }: StageWorld): Promise<void> {
  await session.alien("destroy", ...on, "--yes");
  expect(await deployed?.left()).toEqual([]);
  expect((await session.alien("status", ...on)).stdout).toMatch(/nothing is deployed$/);
}

const QUEUE = 'new alien.Queue("signups")';
const TRIGGER = "trigger(signups)";
const HANDLER = 'onQueueMessage<Signup>("signups", (message) => {';
const MISTAKE = ' if (message.payload.name === "eve") throw new Error("no eve");';
const END_OF_HANDLER = "\n});\n";
/** Long enough to be seen beside another one. */
const TAKES_TIME = `
  const from = Date.now();
  const result = () => ({ done: message.payload.name, from, to: Date.now() });
  return new Promise((resolve) => setTimeout(() => resolve(result()), 50));`;
