import { createHmac } from "node:crypto";
import { afterEach, expect, test } from "vitest";
import { inProcess } from "../../src/http/transport.ts";
import { pushingWorld, secret } from "./pushing.ts";
import { type Receiver, startReceiver } from "./receiver.ts";

let receiver: Receiver;

afterEach(() => receiver.close());

test("a message is posted with its fields and headers, and 2xx acknowledges it", async () => {
  receiver = await startReceiver((_, response) => response.writeHead(204).end());
  const { client, clock, next, queue, consumer } = pushingWorld(receiver.url);
  const { id } = await client().send({ invoice: 7 });
  await clock.advance(1);
  expect(await next()).toMatchObject({ id, attempt: 1, outcome: "ack" });
  await consumer.drain(0);
  expect(queue.stats()).toMatchObject({ ready: 0, inFlight: 0, dead: 0 });
  const [request] = receiver.received;
  expect(request).toMatchObject({
    method: "POST",
    path: "/jobs",
    headers: {
      "content-type": "application/json",
      "x-alien-queue": "tasks",
      "x-alien-message-id": id,
      "x-alien-attempt": "1",
    },
  });
  expect(JSON.parse(request?.body ?? "")).toEqual({
    queue: "tasks",
    id,
    kind: "json",
    payload: { invoice: 7 },
    attempt: 1,
    enqueuedAt: "2030-01-01T00:00:00.000Z",
  });
});

test("the signature is an HMAC over the time and the body", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { client, clock, next } = pushingWorld(receiver.url);
  await client().send({ n: 1 });
  await clock.advance(1);
  await next();
  const [request] = receiver.received;
  const t = Date.UTC(2030, 0, 1) / 1_000;
  const v1 = createHmac("sha256", secret).update(`${t}.${request?.body}`).digest("hex");
  expect(request?.headers["x-alien-signature"]).toBe(`t=${t},v1=${v1}`);
});

test("JSON arrives as it was written: big integers, spaces, the order of keys", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { driver, clock, next } = pushingWorld(receiver.url);
  const body = '{ "b" : 12345678901234567890, "a":1.0, "é": "\\u00e9", "b2":1e400 }';
  const id = "0".repeat(26);
  await driver.send([{ id, body, headers: { kind: "json" }, sentAt: clock.now() }]);
  await clock.advance(1);
  await next();
  expect(receiver.received[0]?.body).toContain(`"payload":${body},"attempt":1`);
});

test("text is a JSON string, whatever it looks like", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { client, clock, next } = pushingWorld(receiver.url);
  const text = '123","kind":"json" \u2028 \ud83d\udc7d';
  await client().sendText(text);
  await clock.advance(1);
  await next();
  expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({
    kind: "text",
    payload: text,
  });
});

test("what is not JSON is never posted: it could forge the other fields", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { driver, clock, next } = pushingWorld(receiver.url);
  const body = '1,"queue":"other"';
  const id = "0".repeat(26);
  await driver.send([{ id, body, headers: { kind: "json" }, sentAt: clock.now() }]);
  await clock.advance(1);
  expect(await next()).toMatchObject({ outcome: "deadLetter", error: { code: "DECODE_FAILED" } });
  expect(receiver.received).toEqual([]);
});

test("the queue's schema is asked before anything is posted, and what was stored is posted", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { client, clock, next } = pushingWorld(receiver.url, {
    consumer: { concurrency: 1 },
    handling: {
      schema: {
        "~standard": {
          version: 1,
          vendor: "test",
          validate: (value) =>
            typeof value === "number"
              ? { value: "transformed" }
              : { issues: [{ message: "no number" }] },
        },
      },
    },
  });
  await client().sendBatch([{ payload: "x" }, { payload: 5 }]);
  await clock.advance(1);
  expect(await next()).toMatchObject({ outcome: "deadLetter", error: { code: "PAYLOAD_REFUSED" } });
  expect(await next()).toMatchObject({ outcome: "ack" });
  expect(receiver.received.map(({ body }) => JSON.parse(body).payload)).toEqual([5]);
});

test("the name of a job, the group and the attributes come along where a message has them", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { client, clock, next } = pushingWorld(receiver.url, { queue: { fifo: {} } });
  const options = { group: "a", attributes: { tenant: 'ac"me' } };
  await client().call("charge", { amount: 3 }, options);
  await clock.advance(1);
  await next();
  expect(JSON.parse(receiver.received[0]?.body ?? "")).toMatchObject({ job: "charge", ...options });
});

test("trace context travels in its W3C headers, unless it is none", async () => {
  receiver = await startReceiver((_, response) => response.end());
  const { driver, clock, next } = pushingWorld(receiver.url, { consumer: { concurrency: 1 } });
  const traceparent = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
  const traces = [
    { traceparent, tracestate: "vendor=1" },
    { traceparent, tracestate: "a\r\nx-alien-queue: forged" },
    { traceparent: "bad\r\nheader: 1" },
  ];
  await driver.send(
    traces.map((trace, index) => ({
      id: String(index).repeat(26),
      body: "1",
      headers: { kind: "json", trace },
      sentAt: clock.now(),
    })),
  );
  await clock.advance(1);
  for (const _ of traces) expect(await next()).toMatchObject({ outcome: "ack" });
  const seen = receiver.received.map(({ headers }) => [headers.traceparent, headers.tracestate]);
  expect(seen).toEqual([
    [traceparent, "vendor=1"],
    [traceparent, undefined],
    [undefined, undefined],
  ]);
});

test("a function of this process gets the same request, and what it throws is kept as it is", async () => {
  receiver = await startReceiver(() => undefined);
  const seen: string[] = [];
  const { client, clock, next } = pushingWorld("http://localhost:3000/", {
    push: {
      consumer: 'function "api"',
      transport: inProcess(async (request) => {
        const { payload } = JSON.parse(await request.text());
        seen.push(`${request.method} ${request.url} ${request.headers.get("x-alien-queue")}`);
        if (payload === "throw") throw new RangeError("out of it");
        // What the types refuse and JavaScript lets pass.
        if (payload === "nothing") return undefined as unknown as Response;
        return new Response("no", { status: payload === "bad" ? 400 : 200 });
      }),
    },
    consumer: { concurrency: 1 },
  });
  await client().sendBatch([
    { payload: "good" },
    { payload: "bad" },
    { payload: "throw" },
    { payload: "nothing" },
  ]);
  await clock.advance(1);
  expect(await next()).toMatchObject({ outcome: "ack" });
  expect(await next()).toMatchObject({
    outcome: "deadLetter",
    error: { code: "HTTP_400", message: 'function "api" answered 400: no' },
  });
  const failed = await next();
  expect(failed).toMatchObject({ outcome: "retry", error: { code: "RangeError" } });
  expect(failed.error?.stack).toContain("push.test.ts");
  expect(await next()).toMatchObject({
    outcome: "retry",
    error: { code: "TypeError", message: "fetch answered undefined, not a Response" },
  });
  expect(new Set(seen)).toEqual(new Set(["POST http://localhost:3000/ tasks"]));
});
