import { expect, test } from "vitest";
import { z } from "zod";
import { ReferenceDriver } from "../conformance/index.ts";
import type { Outgoing } from "../src/queue/driver.ts";
import { gate, referenceWorld } from "./reference.ts";

/** Stores nothing before it is let through, and nothing after it was closed. */
function slowWorld() {
  const { opened, open } = gate();
  class Slow extends ReferenceDriver {
    override async send(messages: readonly Outgoing[]) {
      await opened;
      return super.send(messages);
    }
  }
  const world = referenceWorld();
  return { ...world, open, slow: new Slow(world.queue) };
}

test("close() waits for a send that has a signal of its own", async () => {
  const { client, clock, queue, open, slow } = slowWorld();
  const tasks = client({}, slow);
  const { signal } = new AbortController();
  const sends = Promise.all([
    tasks.send(1, { signal }),
    tasks.sendBatch([{ payload: 2 }], { signal }),
  ]);
  const closing = tasks.close();
  await clock.advance(1);
  open();
  await closing;
  await expect(sends).resolves.toMatchObject([{ deduplicated: false }, [{ ok: true }]]);
  expect(queue.stats().ready).toBe(2);
});

test("close() waits for a send whose schema is slow", async () => {
  const { client, queue } = referenceWorld();
  const { opened, open } = gate();
  const schema = z.number().refine(async () => {
    await opened;
    return true;
  });
  const tasks = client({ schema });
  const sends = Promise.all([tasks.send(1), tasks.sendBatch([{ payload: 2 }])]);
  const closing = tasks.close();
  open();
  await closing;
  await expect(sends).resolves.toMatchObject([{ deduplicated: false }, [{ ok: true }]]);
  expect(queue.stats().ready).toBe(2);
});

test("a receive that waits ends empty when its client closes, and takes nothing later", async () => {
  const { client, queue, driver } = referenceWorld();
  const tasks = client({}, new ReferenceDriver(queue));
  const waiting = tasks.receive(1, { wait: "20s" });
  const seen: unknown[] = [];
  const reading = (async () => {
    for await (const message of tasks.messages()) seen.push(message.payload);
  })();
  await Promise.resolve();
  await tasks.close();
  await client({}, driver).send(1);
  expect(await waiting).toEqual([]);
  await reading;
  expect(seen).toEqual([]);
  expect(queue.stats()).toMatchObject({ ready: 1, inFlight: 0 });
});

test("close() does not depend on a driver that ends its waits", async () => {
  const { client, queue } = referenceWorld();
  class Deaf extends ReferenceDriver {
    protected override take(): Promise<never> {
      return new Promise(() => undefined);
    }
  }
  const tasks = client({}, new Deaf(queue));
  const waiting = tasks.receive(1, { wait: "20s" });
  await Promise.resolve();
  await tasks.close();
  expect(await waiting).toEqual([]);
});

test("what a receive takes while its client closes goes back uncounted", async () => {
  const { client, queue } = referenceWorld();
  const { opened, open } = gate();
  class Slow extends ReferenceDriver {
    protected override async take(...given: Parameters<ReferenceDriver["take"]>) {
      const taken = await super.take(...given);
      await opened;
      return taken;
    }
  }
  const tasks = client({}, new Slow(queue));
  await tasks.send(1);
  const receiving = tasks.receive();
  await Promise.resolve();
  const closing = tasks.close();
  open();
  await closing;
  expect(await receiving).toEqual([]);
  expect(queue.stats()).toMatchObject({ ready: 1, inFlight: 0 });
  expect((await client().receive())[0]?.attempt).toBe(1);
});

test("messages() of a closed client is refused", async () => {
  const { client } = referenceWorld();
  const tasks = client({});
  await tasks.close();
  await expect(tasks.messages().next()).rejects.toMatchObject({ code: "CLOSED" });
});
