import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DiskStorage, memoryStorage, type Storage } from "../src/engine/index.ts";
import { Desk } from "./engine-desk.ts";

const stores: readonly { readonly name: string; readonly open: () => Promise<Storage> }[] = [
  { name: "memory", open: async () => memoryStorage() },
  { name: "LevelDB", open: async () => new DiskStorage(await temporary()) },
];

async function temporary(): Promise<string> {
  const directory = await mkdtemp(join(tmpdir(), "engine-"));
  onTestFinished(() => rm(directory, { recursive: true }));
  return directory;
}

describe.each(stores)("a queue in $name", ({ open }) => {
  test("messages come in the order in which they were sent", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c");
    expect(await desk.bodies(10)).toEqual(["a", "b", "c"]);
    expect(await desk.bodies(10)).toEqual([]);
  });

  test("an acked message does not come back", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    const [delivery] = await desk.take(1);
    expect(await desk.ack(delivery)).toEqual([{ ok: true, applied: true }]);
    await desk.clock.advance(60_000);
    expect(await desk.take(1)).toEqual([]);
    expect(await desk.stats()).toEqual({ ready: 0, delayed: 0, inFlight: 0, dead: 0 });
  });

  test("a message whose lease ends comes back with the next attempt", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a");
    expect((await desk.take(1))[0]?.attempt).toBe(1);
    await desk.clock.advance(29_999);
    expect(await desk.take(1)).toEqual([]);
    await desk.clock.advance(1);
    expect((await desk.take(1))[0]?.attempt).toBe(2);
  });

  test("a wait ends with the first message", async () => {
    const desk = await Desk.open(await open());
    const waiting = desk.take(10, { waitMs: 20_000 });
    await desk.send("a");
    expect((await waiting).map(({ body }) => body)).toEqual(["a"]);
  });

  test("what was stored is there after a reopen", async () => {
    const desk = await Desk.open(await open());
    await desk.send("a", "b", "c");
    const [a, b] = await desk.take(2);
    await desk.ack(a);
    await desk.reopen();
    expect(await desk.stats()).toMatchObject({ ready: 1, inFlight: 1 });
    expect(await desk.bodies(10)).toEqual(["c"]);
    expect(await desk.ack(b)).toEqual([{ ok: true, applied: true }]);
  });
});
