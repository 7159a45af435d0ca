import { afterEach, expect, test } from "vitest";
import { pushingWorld, secret } from "./pushing.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;

afterEach(() => receiver.close());

test("a JSON answer is the job's result, word for word", async () => {
  receiver = await startReceiver((_, response) => {
    response.writeHead(200, { "content-type": "application/json; charset=utf-8" });
    response.end('{ "total": 12345678901234567890 }');
  });
  const { outcomes } = await settledBy(receiver);
  expect(outcomes).toEqual([{ kind: "ack", result: '{ "total": 12345678901234567890 }' }]);
});

test.each([
  ["over 64 KiB", "application/json", JSON.stringify("x".repeat(64 * 1024)), "over 65536 bytes"],
  ["no JSON", "application/json", "{", "not JSON"],
  ["of another type", "text/plain", "{}", undefined],
  ["empty", "application/json", "", undefined],
])(
  "a result that is %s is not kept, and the message is acknowledged",
  async (_, type, body, why) => {
    receiver = await startReceiver((_request, response) =>
      response.writeHead(200, { "content-type": type }).end(body),
    );
    const { outcomes, lines } = await settledBy(receiver);
    expect(outcomes).toEqual([{ kind: "ack" }]);
    expect(lines).toEqual(
      why === undefined ? [] : [expect.stringMatching(`^warn the result was dropped: .*${why}`)],
    );
  },
);

test("an endpoint that is down is retried with the queue's backoff and dead-letters at the end", async () => {
  receiver = await startReceiver((_, response) =>
    response.writeHead(503).end("  down for\n repair "),
  );
  const { client, clock, next, queue } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  expect(await next()).toMatchObject({ outcome: "retry", attempt: 1, delayMs: 1_000 });
  await clock.advance(1_000);
  expect(await next()).toMatchObject({ outcome: "retry", attempt: 2, delayMs: 2_000 });
  await clock.advance(2_000);
  expect(await next()).toMatchObject({ outcome: "deadLetter", attempt: 3 });
  expect(queue.deadLetters()[0]?.error).toEqual({
    code: "HTTP_503",
    message: 'endpoint "billing" answered 503 Service Unavailable: down for repair',
  });
  expect(receiver.received.map(({ headers }) => headers["x-alien-attempt"])).toEqual([
    "1",
    "2",
    "3",
  ]);
});

test.each([400, 401, 404, 409, 422])("%i dead-letters at once", async (status) => {
  receiver = await startReceiver((_, response) => response.writeHead(status).end());
  const { client, clock, next } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  expect(await next()).toMatchObject({
    outcome: "deadLetter",
    attempt: 1,
    error: { code: `HTTP_${status}` },
  });
});

test.each([
  [429, "120", 120_000],
  [503, "Tue, 01 Jan 2030 01:00:00 GMT", 3_600_000],
  [408, "1", 1_000],
])("%i with Retry-After %s comes back then", async (status, header, delayMs) => {
  receiver = await startReceiver((_, response) =>
    response.writeHead(status, { "retry-after": header }).end(),
  );
  const { client, clock, next } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(0);
  expect(await next()).toMatchObject({ outcome: "retry", delayMs });
});

test("Retry-After does not prolong the budget", async () => {
  receiver = await startReceiver((_, response) =>
    response.writeHead(429, { "retry-after": "5" }).end(),
  );
  const { client, clock, next } = pushingWorld(receiver.url, { queue: { maxAttempts: 1 } });
  await client().send({ n: 1 });
  await clock.advance(1);
  expect(await next()).toMatchObject({ outcome: "deadLetter", error: { code: "HTTP_429" } });
});

test("a redirect is not followed: nobody else gets the signed body", async () => {
  const other = await startReceiver((_, response) => response.end());
  try {
    for (const status of [301, 302, 303, 307, 308]) {
      receiver = await startReceiver((_, response) =>
        response.writeHead(status, { location: other.url }).end(),
      );
      const { client, clock, next } = pushingWorld(receiver.url);
      await client().send({ n: 1 });
      await clock.advance(1);
      const { outcome, error } = await next();
      expect({ outcome, code: error?.code }).toEqual({ outcome: "retry", code: `HTTP_${status}` });
      expect(error?.message).toContain("a redirect, which is not followed");
      if (status !== 308) await receiver.close();
    }
    expect(other.received).toEqual([]);
  } finally {
    await other.close();
  }
});

test("what an endpoint echoes of the secret or the signature is not kept, nor more than an excerpt", async () => {
  receiver = await startReceiver(({ headers }, response) => {
    const text = `${secret} ${headers["x-alien-signature"]} ${"long ".repeat(1_000)}`;
    response.writeHead(400, { "content-type": "text/plain" }).end(text);
  });
  const { client, clock, next, queue } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  await next();
  const message = queue.deadLetters()[0]?.error.message ?? "";
  expect(message).toContain("[redacted] [redacted] long");
  expect(message).not.toContain(secret);
  expect(message).not.toMatch(/[\da-f]{64}/);
  expect(message.length).toBeLessThan(400);
});

test("a body that is not text is not kept", async () => {
  receiver = await startReceiver((_, response) =>
    response.writeHead(400, { "content-type": "image/png" }).end(Buffer.alloc(100, 1)),
  );
  const { client, clock, next } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  expect((await next()).error?.message).toBe('endpoint "billing" answered 400 Bad Request');
});

/** What one message is settled with. */
async function settledBy({ url }: Receiver) {
  const { client, clock, next, lines, settled } = pushingWorld(url);
  await client().send({ n: 1 });
  await clock.advance(1);
  await next();
  return { outcomes: settled, lines };
}
