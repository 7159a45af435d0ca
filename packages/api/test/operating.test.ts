import { httpApi } from "@alienplatform/api";
import type { QueueOperations } from "@alienplatform/bindings/operate";
import * as alien from "@alienplatform/core";
import { AlienError } from "@alienplatform/core";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { type Ask, asking } from "./ask.ts";
import { servedTestQueues } from "./served.ts";

const tasks = new alien.Queue("tasks")
  .maxAttempts(1)
  .results("1h")
  .backoff({ initial: "1m", jitter: "none" })
  .build();
const groups = new alien.Queue("groups").fifo({ group: "account" }).build();
const plain = new alien.Queue("plain").build();
const stack = new alien.Stack("shop")
  .add(tasks)
  .add(groups)
  .add(plain)
  .add(new alien.Function("worker").trigger(tasks).build())
  .add(new alien.Function("both").trigger(groups).trigger(plain).build())
  .build();

let queues: TestQueues;
let ask: Ask;

beforeEach(async () => {
  queues = await createTestQueues(stack);
  onTestFinished(() => queues.close());
  const api = httpApi(servedTestQueues(stack, queues), { clock: queues.clock });
  onTestFinished(() => api.close());
  ask = asking(api);
});

const get = (path: string) => ask("GET", path);
const post = (path: string, body: unknown = {}) => ask("POST", path, body);

async function send(queue: string, payload: unknown, options: object = {}): Promise<string> {
  return (await post(`/queues/${queue}/messages`, { payload, ...options })).body.id;
}

/** Sends a message and lets it die at once. */
async function kill(payload: unknown, reason: string): Promise<string> {
  const id = await send("tasks", payload);
  const { messages } = (await post("/queues/tasks/receive")).body;
  await post("/queues/tasks/dead-letter", { receiptHandle: messages[0]?.receiptHandle, reason });
  return id;
}

describe("a look", () => {
  it("finds messages by their state and by a field of their payload", async () => {
    const ready = await send("plain", { to: "a@b.example", n: 9007199254740993n.toString() });
    const delayed = await send("plain", { to: "c@d.example" }, { delay: "1h" });
    const ids = async (query: string) =>
      (await get(`/queues/plain/messages?${query}`)).body.items.map(({ id }) => id);
    expect(await ids("state=ready")).toEqual([ready]);
    expect(await ids("state=delayed")).toEqual([delayed]);
    expect(await ids("")).toEqual([ready, delayed]);
    expect(await ids("where=to:c@d.example")).toEqual([delayed]);
    expect(await ids(`id=${ready}`)).toEqual([ready]);
    expect(await ids(`after=${ready}`)).toEqual([delayed]);
    const page = await get("/queues/plain/messages?limit=1");
    expect(page.body).toMatchObject({ items: [{ id: ready, state: "ready" }], next: ready });
  });

  it("tells one message wherever it is, and what became of it", async () => {
    const id = await send("tasks", { n: 1 }, { delay: "1h" });
    const path = `/queues/tasks/messages/${id}`;
    expect((await get(path)).body).toMatchObject({ id, state: "delayed", payload: { n: 1 } });
    expect((await post(`${path}/expedite`)).body).toEqual({ applied: true });
    expect((await post(`${path}/expedite`)).body).toEqual({ applied: false });
    const { messages } = (await post("/queues/tasks/receive")).body;
    expect((await get(path)).body).toMatchObject({ state: "inFlight" });
    await post("/queues/tasks/ack", { receiptHandle: messages[0]?.receiptHandle });
    expect((await get(path)).body).toMatchObject({ state: "over", status: "SUCCEEDED" });
    expect((await get("/queues/tasks/messages/01nobody")).body).toMatchObject({
      status: 404,
      code: "UNKNOWN_MESSAGE",
    });
    expect((await post("/queues/tasks/messages/01nobody/expedite")).status).toBe(404);
  });

  it("tells how many attempts a message may have: its own, else its queue's", async () => {
    const most = async (queue: string, id: string) =>
      (await get(`/queues/${queue}/messages/${id}`)).body.maxAttempts;
    expect(await most("plain", await send("plain", 1))).toBe(5);
    expect(await most("plain", await send("plain", 1, { maxAttempts: 2 }))).toBe(2);
  });

  it("tells what holds a queue up", async () => {
    await send("groups", { account: 7 });
    await send("groups", { account: 7 });
    await send("plain", 1, { concurrency: { key: "customer", limit: 1 } });
    await post("/queues/groups/receive");
    const { items } = (await get("/queues/groups/groups")).body;
    expect(items).toMatchObject([{ group: "7", heldBy: { state: "inFlight" } }]);
    expect((await get("/queues/plain/keys")).body.items).toMatchObject([{ key: "customer" }]);
    expect((await get("/queues/groups/consumers")).status).toBe(200);
  });
});

describe("dead letters", () => {
  it("are grouped, filtered, edited and redriven by their ids", async () => {
    const first = await kill({ order: 1 }, "smtp down");
    await kill({ order: 2 }, "smtp down");
    const last = await kill({ order: 3 }, "no such account");
    const groupsOf = (await get("/queues/tasks/dead-letters/groups")).body;
    expect(groupsOf).toMatchObject({
      items: [
        { message: "smtp down", count: 2 },
        { message: "no such account", count: 1 },
      ],
      complete: true,
    });
    const grouped = (await get("/queues/tasks/dead-letters?firstLine=smtp%20down")).body;
    expect(grouped.items).toHaveLength(2);
    expect((await get("/queues/tasks/dead-letters?firstLine=smtp")).body.items).toEqual([]);
    const long = "x".repeat(513);
    expect((await get(`/queues/tasks/dead-letters?firstLine=${long}`)).status).toBe(400);
    const inBody = { filter: { firstLine: long } };
    expect((await post("/queues/tasks/dead-letters/redrive", inBody)).status).toBe(202);
    const filtered = (await get("/queues/tasks/dead-letters?error=SMTP&where=order:1")).body;
    expect(filtered.items).toMatchObject([{ id: first, payload: { order: 1 } }]);
    const edited = await ask(
      "PUT",
      `/queues/tasks/dead-letters/${last}`,
      '{"payload":{"order":1e2}}',
    );
    expect(edited.text).toContain('"payload":{"order":1e2}');
    const redriven = await post("/queues/tasks/dead-letters/redrive", { ids: [last, "01nobody"] });
    expect(redriven.body).toEqual({ results: [{ applied: true }, { applied: false }] });
    const { messages } = (await post("/queues/tasks/receive")).body;
    expect(messages).toMatchObject([{ id: last, payload: { order: 100 }, attempt: 1 }]);
  });

  it("are looked for among so many at a time, and the next page goes on, though its end is gone", async () => {
    await kill({ n: 1 }, "rare");
    let text = "";
    for await (const line of queues.operate(tasks).dead.export()) text += line;
    const letter = JSON.parse(text);
    const lines = Array.from({ length: 5_003 }, (_, n) =>
      JSON.stringify({
        ...letter,
        id: `i${n}`,
        deadAt: letter.deadAt + n,
        error: { code: n < 2 || n === 5_002 ? "Rare" : "Usual", message: "" },
      }),
    );
    await queues.operate(tasks).dead.import(`${lines.join("\n")}\n`);
    const list = async (query: string) => {
      const { items, next } = (await get(`/queues/tasks/dead-letters?code=Rare&${query}`)).body;
      return { ids: items.map((item) => item.id), next };
    };
    expect(await list("limit=1")).toEqual({ ids: ["i0"], next: "i0" });
    expect(await list("limit=1&after=i0")).toEqual({ ids: ["i1"], next: "i1" });
    await queues.operate(tasks).dead.discard("i1");
    const far = await list("limit=1&after=i1");
    expect(far).toEqual({ ids: [], next: expect.any(String) });
    expect(await list(`limit=1&after=${far.next}`)).toEqual({ ids: ["i5002"], next: "i5002" });
    expect(await list("after=i5002")).toEqual({ ids: [], next: undefined });
  });

  it("that match are redriven on the server, at a rate, with progress, and no further when told", async () => {
    for (let n = 0; n < 20; n++) await kill({ n }, n % 2 === 0 ? "even" : "odd");
    const started = await post("/queues/tasks/dead-letters/redrive", {
      filter: { error: "even" },
      rate: 5,
    });
    expect(started.status).toBe(202);
    const [operation] = (await get("/operations")).body.items;
    const path = `/operations/${operation?.id}`;
    await queues.clock.advance("400ms");
    const { done } = (await get(path)).body;
    expect(done).toBeGreaterThan(0);
    expect(done).toBeLessThan(10);
    expect((await ask("DELETE", path)).body).toMatchObject({ status: "CANCELLED" });
    await queues.clock.advance("1m");
    expect((await get(path)).body).toMatchObject({ status: "CANCELLED", queue: "tasks" });
    const left = (await get("/queues/tasks/dead-letters?error=even")).body.items.length;
    expect(left).toBeGreaterThan(0);
    const all = await post("/queues/tasks/dead-letters/discard", { filter: {}, confirm: "tasks" });
    expect(all.status).toBe(202);
    await queues.clock.advance("1s");
    expect((await get("/queues/tasks")).body).toMatchObject({ stats: { dead: 0 } });
    const [newest] = (await get("/operations")).body.items;
    expect(newest).toMatchObject({ kind: "discard", status: "SUCCEEDED", total: left + 10 });
    expect((await get("/operations/nobody")).body).toMatchObject({ code: "UNKNOWN_OPERATION" });
  });

  it("are discarded only with a confirmation, and come in again from an export", async () => {
    const id = await kill({ n: 1 }, "down");
    const path = `/queues/tasks/dead-letters/${id}`;
    const lines = await get("/queues/tasks/dead-letters/export");
    expect(lines.headers.get("content-type")).toBe("application/x-ndjson");
    expect((await ask("DELETE", path)).body).toMatchObject({ code: "CONFIRMATION_REQUIRED" });
    expect((await post("/queues/tasks/dead-letters/discard", { ids: [id] })).body).toMatchObject({
      code: "CONFIRMATION_REQUIRED",
    });
    expect((await ask("DELETE", `${path}?confirm=${id}`)).body).toEqual({ applied: true });
    expect((await get(path)).body).toMatchObject({ code: "UNKNOWN_DEAD_LETTER", status: 404 });
    const imported = await ask("POST", "/queues/tasks/dead-letters/import", lines.text, {
      "content-type": "application/x-ndjson",
    });
    expect(imported.body).toMatchObject({ imported: 1, known: 0, refused: [] });
    expect((await get(path)).body).toMatchObject({ id, payload: { n: 1 } });
  });
});

describe("a job", () => {
  it("is found in whatever queue keeps it, waited for, cancelled and requeued", async () => {
    const id = await send("tasks", 1);
    expect((await get(`/jobs/${id}`)).body).toMatchObject({
      id,
      queue: "tasks",
      status: "PENDING",
    });
    const waiting = get(`/jobs/${id}/wait?timeout=5s`);
    await queues.clock.advance("6s");
    expect(await waiting).toMatchObject({ status: 202, body: { status: "PENDING" } });
    expect((await post(`/jobs/${id}/cancel?queue=tasks`)).body).toEqual({ applied: true });
    expect(await get(`/jobs/${id}/wait`)).toMatchObject({
      status: 200,
      body: { status: "CANCELLED" },
    });
    const dead = await kill(2, "down");
    expect((await post(`/jobs/${dead}/requeue`)).body).toEqual({ applied: true });
    const listed = (await get("/jobs?queue=tasks&status=PENDING")).body.items;
    expect((await get("/jobs?queue=tasks&status=pending")).body.items).toEqual(listed);
    expect((await get("/jobs?queue=tasks&status=lost")).body).toMatchObject({
      code: "OPTION_INVALID",
      detail: expect.stringMatching(/^status: not a status; write one of PENDING, RUNNING,/),
    });
    expect(listed).toMatchObject([{ id: dead }]);
    expect((await get("/jobs/01nobody")).body).toMatchObject({ code: "UNKNOWN_JOB", status: 404 });
  });

  it("goes through a function's only trigger, and through none where there are several", async () => {
    const sent = await post("/functions/worker/invoke-async", '{"event":{"id":9007199254740993}}');
    expect(sent).toMatchObject({ status: 202, body: { queue: "tasks", status: "PENDING" } });
    expect((await post("/queues/tasks/receive")).text).toContain("9007199254740993");
    expect((await post("/functions/both/invoke-async")).body).toMatchObject({
      status: 400,
      code: "TRIGGER_AMBIGUOUS",
    });
    expect((await post("/functions/workr/invoke-async")).body).toMatchObject({
      code: "UNKNOWN_FUNCTION",
      fix: "Did you mean worker?",
    });
  });
});

describe("a binding", () => {
  it("is paused with a reason and goes on", async () => {
    const put = await ask("PUT", "/bindings/tasks", {
      status: "paused",
      reason: "the bank is closed",
    });
    expect(put.body).toMatchObject({ function: "worker", status: "paused", boundBy: "alien.ts" });
    expect((await get("/queues")).body.items[0]).toMatchObject({
      id: "tasks",
      paused: { reason: "the bank is closed", since: "2030-01-01T00:00:00.000Z" },
    });
    expect((await post("/bindings/tasks/resume")).body).toMatchObject({ status: "active" });
    const paused = await post("/queues/tasks/pause", {
      reason: "lunch",
      until: "1h",
      while_paused: "wait",
    });
    expect(paused.body).toMatchObject({ paused: { until: "2030-01-01T01:00:00.000Z" } });
    expect((await post("/queues/tasks/pause", { reason: " " })).status).toBe(400);
    expect((await post("/queues/tasks/resume")).status).toBe(200);
  });

  it("is pointed elsewhere by alien.ts alone where nobody binds", async () => {
    const put = await ask("PUT", "/bindings/tasks", { function: "both" });
    expect(put).toMatchObject({ status: 501, body: { code: "UNSUPPORTED" } });
    expect(put.body.fix).toContain('new alien.Function("both").trigger(tasks)');
    expect((await ask("DELETE", "/bindings/tasks")).body.code).toBe("CONFIRMATION_REQUIRED");
    expect((await ask("DELETE", "/bindings/tasks?confirm=tasks")).status).toBe(501);
    expect((await ask("PUT", "/bindings/tasks", { function: "nobody" })).body.code).toBe(
      "UNKNOWN_FUNCTION",
    );
  });
});

describe("a search", () => {
  it("understands what is asked for, over all queues", async () => {
    const dead = await kill({ to: "a@b" }, "timeout of 5s");
    const ready = await send("plain", { to: "a@b", n: 1 });
    const found = async (q: string) =>
      (await get(`/search?q=${encodeURIComponent(q)}`)).body.items.map(({ id }) => id);
    expect(await found('payload.to:"a@b"')).toEqual([dead, ready].toSorted());
    expect(await found("queue:tasks state:dead error:TIMEOUT payload.to:a@b age<1h")).toEqual([
      dead,
    ]);
    expect(await found("age>1h")).toEqual([]);
    expect(await found("payload.n:1")).toEqual([ready]);
    expect(await found(ready)).toEqual([ready]);
    expect((await get("/search?q=stat:dead")).body).toMatchObject({
      status: 400,
      fix: "Write state:...",
    });
    expect((await get("/search?q=queue:task")).body).toMatchObject({ code: "UNKNOWN_QUEUE" });
  });

  it("finds the dead where a platform shows nothing that waits", async () => {
    const dead = await kill({ to: "a@b" }, "timeout of 5s");
    await send("plain", { to: "a@b" });
    const served = servedTestQueues(stack, queues);
    const refused = new AlienError("UNSUPPORTED", "it cannot be looked at", { fix: "None." });
    const api = httpApi({
      ...served,
      operations: (queue) =>
        // As those of a deployed stage on Pub/Sub or SQS answer.
        ({
          dead: served.operations(queue).dead,
          inspector: async () => undefined,
          peek: () => Promise.reject(refused),
        }) as unknown as QueueOperations,
    });
    onTestFinished(() => api.close());
    const { status, body } = await asking(api)("GET", "/search?q=payload.to:a@b");
    expect([status, body.items.map(({ id }) => id)]).toEqual([200, [dead]]);
  });

  it("goes on where it was broken off", async () => {
    for (let n = 0; n < 5; n++) await send("plain", { n });
    const seen: string[] = [];
    let after = "";
    for (let pages = 0; pages < 20; pages++) {
      const { items, next } = (await get(`/search?q=state:ready&limit=2${after}`)).body;
      seen.push(...items.map(({ id }) => id));
      if (typeof next !== "string") break;
      after = `&after=${encodeURIComponent(next)}`;
    }
    expect(seen).toHaveLength(5);
    expect(new Set(seen).size).toBe(5);
  });
});

it("what a platform cannot tell is 501 with what there is instead", async () => {
  expect((await get("/clock")).body).toMatchObject({ status: 501, code: "UNSUPPORTED" });
  expect((await post("/clock/advance", { by: "1h" })).status).toBe(501);
});
