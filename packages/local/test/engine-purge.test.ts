import { expect, test } from "vitest";
import { memoryStorage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";
import { JobsDesk } from "./jobs-desk.ts";

test("a purge takes what comes back while it reads", async () => {
  const storage = memoryStorage();
  const desk = await Desk.open(storage);
  await desk.send("a");
  const [a] = await desk.take(1);
  const page = storage.page;
  storage.page = (range, limits) => {
    storage.page = page;
    void desk.retry(a, 1_000);
    return storage.page(range, limits);
  };
  await desk.engine.call("tasks", "purge", []);
  await desk.sendOne("b", { delayMs: 1_000 });
  await desk.reopen();
  await desk.clock.advance(1_000);
  expect(await desk.bodies(10)).toEqual(["b"]);
  expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 1, dead: 0 });
});

test("a purge clears what somebody is reading", async () => {
  const storage = memoryStorage();
  const desk = await Desk.open(storage, {}, { windowBytes: 1 });
  await desk.send("a");
  await desk.reopen();
  const getMany = storage.getMany;
  let purged: Promise<unknown> = Promise.resolve();
  storage.getMany = async (keys) => {
    storage.getMany = getMany;
    purged = desk.engine.call("tasks", "purge", []);
    expect(await purged).toBe(1);
    return storage.getMany(keys);
  };
  const taken = desk.take(1, { waitMs: 1_000 });
  await desk.quiet();
  await purged;
  await desk.send("b");
  expect(await taken).toMatchObject([{ body: "b" }]);
});

test("a purge takes what has joined its group with a send of the same moment, and leaves that send", async () => {
  const jobs = await JobsDesk.open({ fifo: true });
  const { desk } = jobs;
  const due = await jobs.send(2, { group: "g", delayMs: 1_000 });
  await desk.clock.advance(2_000);
  const purged = desk.engine.call("tasks", "purge", []);
  const sent = jobs.send(1, { group: "g" });
  expect(await purged).toBe(2);
  const [id] = await sent;
  expect(await jobs.statuses(due)).toEqual(["CANCELLED", "CANCELLED"]);
  await desk.reopen();
  expect(await jobs.statuses([...due, id ?? ""])).toEqual(["CANCELLED", "CANCELLED", "PENDING"]);
  expect(await desk.take(10)).toMatchObject([{ id }]);
  expect(await desk.stats()).toMatchObject({ ready: 0, delayed: 0, inFlight: 1 });
});
