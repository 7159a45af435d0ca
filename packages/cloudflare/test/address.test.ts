import type { QueueBinding } from "@alienplatform/bindings";
import { QueueClient, VirtualClock } from "@alienplatform/bindings";
import { defaultOptions } from "@alienplatform/bindings/conformance";
import { describe, expect, it } from "vitest";
import { operate } from "../src/operate.ts";
import { runtime } from "../src/runtime.ts";

const clock = new VirtualClock();

function binding(address: QueueBinding["address"]): QueueBinding {
  return { version: 1, platform: "cloudflare", queue: "tasks", options: defaultOptions, address };
}

const http = { kind: "http", account: "a", queue: "q", dead: "d" };
const worker = { kind: "worker", queue: "TASKS", dead: "TASKS_DEAD" };

describe("a binding", () => {
  it.each([
    [{}, "address.kind"],
    [{ kind: "carrier pigeon" }, "carrier pigeon"],
    [{ ...http, account: undefined }, "address.account"],
    [{ ...http, queue: "" }, "address.queue"],
    [{ ...http, dead: 7 }, "address.dead"],
    [{ ...http, endpoint: 7 }, "address.endpoint"],
    [{ ...worker, queue: undefined }, "address.queue"],
    [{ ...worker, dead: undefined }, "address.dead"],
  ])("that is not what deploy writes is refused: %o", (address, what) => {
    for (const open of [runtime.queue, operate.queue]) {
      expect(() => open(binding(address), clock)).toThrow(
        expect.objectContaining({
          code: "BINDING_INVALID",
          message: expect.stringContaining(what),
        }),
      );
    }
  });

  it("of a Worker says in another process that it is none", async () => {
    const driver = runtime.queue(binding(worker), clock);
    const client = new QueueClient(driver, { queue: "tasks", options: defaultOptions, clock });
    await expect(client.sendText("a")).rejects.toMatchObject({ code: "BINDING_NOT_FOUND" });
  });

  it("of a Worker cannot be received from, and says what to do", async () => {
    const driver = runtime.queue(binding(worker), clock);
    const client = new QueueClient(driver, { queue: "tasks", options: defaultOptions, clock });
    await expect(client.receive(1)).rejects.toMatchObject({
      code: "UNSUPPORTED",
      fix: expect.stringContaining("onQueueMessage"),
    });
  });

  it("of a FIFO queue refuses to send, since Cloudflare keeps no order", async () => {
    const options = { ...defaultOptions, fifo: {} };
    const client = new QueueClient(runtime.queue(binding(http), clock), {
      queue: "tasks",
      options,
      clock,
    });
    await expect(client.sendText("a", { group: "g" })).rejects.toMatchObject({
      code: "UNSUPPORTED",
      message: expect.stringContaining("Cloudflare Queues"),
    });
  });

  it("of a Worker leaves purges and dead letters to a process outside", async () => {
    const operator = operate.queue(binding(worker), clock);
    for (const call of [
      () => operator.purge(),
      () => operator.peek({ limit: 1 }),
      () => operator.deadLetters({ limit: 1 }),
      () => operator.redrive(["a"]),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: "UNSUPPORTED" });
    }
  });
});
