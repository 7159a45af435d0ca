import { Consumer, type HandlerContext } from "@alienplatform/bindings";
import { defaultOptions, noRequests } from "@alienplatform/bindings/conformance";
import { describe, expect, it } from "vitest";
import { type OpenServer, openServer } from "./server/open-server.ts";

/** One message in the hands of a handler that goes on until it is let go, for a lease of 30 seconds. */
async function handling({ clock, driver, client }: OpenServer) {
  const started: HandlerContext[] = [];
  let finish: () => void = () => undefined;
  const outcomes: string[] = [];
  const consumer = new Consumer(driver, {
    clock,
    onEvent: ({ outcome }) => outcomes.push(outcome),
    handling: {
      queue: "tasks",
      options: defaultOptions,
      handler: (_, context) => {
        started.push(context);
        // Asked for, so that it is there to be aborted.
        void context.signal;
        return new Promise<void>((resolve) => {
          finish = resolve;
        });
      },
      onInvalid: "deadLetter",
      random: () => 0.5,
      log: () => undefined,
    },
  });
  await client.sendText("long");
  consumer.start();
  await noRequests();
  expect(started).toHaveLength(1);
  return { started, outcomes, consumer, finish: () => finish() };
}

describe("a lease that cannot be extended", () => {
  it("is the handler's until its end: what ends before is acknowledged", async () => {
    const opened = await openServer();
    const { started, outcomes, consumer, finish } = await handling(opened);
    await opened.clock.advance(29_000);
    expect(started[0]?.signal.aborted).toBe(false);
    finish();
    await noRequests();
    await opened.clock.advance(1_000);
    await noRequests();
    expect([outcomes, opened.tasks.backlog]).toEqual([["ack"], []]);
    await consumer.drain(0);
  });

  it("is lost at its end: the handler is told, and what it does later does not count", async () => {
    const opened = await openServer();
    const { started, outcomes, consumer, finish } = await handling(opened);
    await opened.clock.advance(30_000);
    expect(started[0]?.signal.aborted).toBe(true);
    finish();
    await noRequests();
    expect(outcomes).toEqual(["lost"]);
    expect(opened.tasks.backlog).toHaveLength(1);
    await opened.clock.advance(2_000);
    await noRequests();
    expect(started.map((_, index) => index)).toEqual([0, 1]);
    finish();
    await noRequests();
    await consumer.drain(0);
    expect(opened.tasks.backlog).toHaveLength(0);
  });

  it("is refused to a handler that asks for more, with what to do", async () => {
    const opened = await openServer();
    const { started, consumer, finish } = await handling(opened);
    await expect(started[0]?.extend("1m")).rejects.toMatchObject({
      code: "UNSUPPORTED",
      fix: expect.stringContaining(".lease()"),
    });
    finish();
    await noRequests();
    await consumer.drain(0);
  });
});
