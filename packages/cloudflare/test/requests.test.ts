import { inspect } from "node:util";
import type { Outgoing } from "@alienplatform/bindings";
import { noRequests } from "@alienplatform/bindings/conformance";
import type { AlienError } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import { openServer } from "./server/open-server.ts";
import type { Fault } from "./server/queue-server.ts";

function message(body: string): Outgoing {
  return { id: "0".repeat(26), body, headers: { kind: "text" }, sentAt: 0 };
}

describe("requests over HTTP", () => {
  it("are as few as Cloudflare's batches allow", async () => {
    const { server, client } = await openServer();
    await client.sendBatch(Array.from({ length: 203 }, (_, n) => ({ payload: n })));
    expect(server.requests).toEqual(Array(3).fill("POST messages/batch"));
    server.requests.length = 0;
    const received = await client.receive(100);
    await client.ack(received);
    expect(server.requests).toEqual(["POST messages/pull", "POST messages/ack"]);
  });

  it("settle acknowledgements, retries and dead letters in one call, after the copies", async () => {
    const { server, driver, tasks, dead } = await openServer();
    await driver.send(["a", "b", "c", "d"].map(message));
    const receiver = await driver.open({ credit: 10, leaseMs: 30_000 });
    const deliveries = await receiver.take(10, 0);
    server.requests.length = 0;
    const error = { code: "HANDLER_FAILED", message: "no such account" };
    const outcomes = [
      { kind: "ack" },
      { kind: "retry", delayMs: 1_500, error },
      { kind: "deadLetter", error },
      { kind: "release" },
    ] as const;
    const results = await receiver.settle(
      deliveries.map((delivery, index) => ({
        delivery,
        outcome: outcomes[index] ?? { kind: "ack" },
      })),
    );
    expect(results).toEqual(Array(4).fill({ ok: true, applied: "unknown" }));
    expect(server.requests).toEqual(["POST messages/batch", "POST messages/ack"]);
    const waiting = tasks.backlog.map(({ body }) => body.toString().split("\n")[1]);
    expect([waiting, dead.backlog.length]).toEqual([["b", "d"], 1]);
  });

  it.each<[Fault, string, boolean]>([
    [{ status: 401 }, "PERMISSION_DENIED", false],
    [{ status: 403, code: 10_000 }, "PERMISSION_DENIED", false],
    [{ status: 404, code: 10_104 }, "UNKNOWN_QUEUE", false],
    [{ status: 400, code: 10_107 }, "BINDING_INVALID", false],
    [{ status: 400, code: 10_203 }, "OPTION_INVALID", false],
    [{ status: 400, code: 10_204 }, "MESSAGE_TOO_LARGE", false],
    [{ status: 400, code: 10_208 }, "DRIVER_FAILED", false],
    [{ status: 409, code: 1 }, "QUEUE_PAUSED", true],
    [{ status: 429, code: 10_250 }, "THROTTLED", true],
    [{ status: 429, code: 10_251 }, "STORAGE_FULL", true],
    [{ status: 429, code: 10_253 }, "THROTTLED", false],
    [{ status: 418 }, "DRIVER_FAILED", false],
    [{ status: 500, code: 15_000 }, "SERVICE_UNAVAILABLE", true],
    [{ status: 503 }, "SERVICE_UNAVAILABLE", true],
    ["not json", "SERVICE_UNAVAILABLE", true],
    ["drop before", "SERVICE_UNAVAILABLE", true],
    ["drop after", "SERVICE_UNAVAILABLE", true],
  ])("that end in %o are %s, retryable: %s", async (fault, code, retryable) => {
    const { server, driver } = await openServer();
    server.faults.push(fault);
    const error = await refusal(driver.send([message("a secret payload")]));
    expect([error.code, error.retryable]).toEqual([code, retryable]);
    expect(error.fix).toBeTruthy();
    const shown = inspect(error, { depth: 9 });
    expect(shown).not.toContain(server.token);
    expect(shown).not.toContain("a secret payload");
  });

  it("tell how long to wait where Cloudflare says so", async () => {
    const { server, driver } = await openServer();
    server.faults.push({ status: 429, retryAfter: 7 });
    const error = await refusal(driver.send([message("a")]));
    expect(error.details).toMatchObject({ status: 429, retryAfterMs: 7_000 });
  });

  it("carry the token that the environment has now, and fail without one", async () => {
    const { server, driver } = await openServer();
    process.env.CLOUDFLARE_API_TOKEN = "";
    expect((await refusal(driver.send([message("a")]))).code).toBe("SECRET_MISSING");
    process.env.CLOUDFLARE_API_TOKEN = "of another account";
    expect((await refusal(driver.send([message("a")]))).code).toBe("PERMISSION_DENIED");
    process.env.CLOUDFLARE_API_TOKEN = server.token;
    expect(await driver.send([message("a")])).toMatchObject([{ ok: true }]);
  });

  it("are not made for a message that is too large, whose neighbours are sent", async () => {
    const { server, driver, tasks } = await openServer();
    const results = await driver.send([message("a"), message("x".repeat(128_000)), message("b")]);
    expect(results.map(({ ok }) => ok)).toEqual([true, false, true]);
    expect([server.requests.length, tasks.backlog.length]).toEqual([1, 2]);
    expect(await driver.send([message("x".repeat(128_000))])).toMatchObject([{ ok: false }]);
    expect(server.requests).toHaveLength(1);
  });

  it("that got no answer are repeated under the same ids, so nothing is lost", async () => {
    const { server, clock, client, tasks } = await openServer();
    server.faults.push("drop after");
    const sending = client.sendText("a");
    await noRequests();
    await clock.advance(100);
    const { id } = await sending;
    const ids = tasks.backlog.map(({ body }) => /"id":"(\w+)"/.exec(body.toString())?.[1]);
    expect(ids).toEqual([id, id]);
  });
});

async function refusal(sending: Promise<unknown>): Promise<AlienError> {
  return sending.then(
    (answer) => expect.unreachable(`it was not refused: ${JSON.stringify(answer)}`),
    (error: AlienError) => error,
  );
}
