import { type HttpApi, httpApi } from "@alienplatform/api";
import * as alien from "@alienplatform/core";
import { createTestQueues, type TestQueues } from "@alienplatform/testing";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";
import { servedTestQueues } from "./served.ts";

const stack = new alien.Stack("shop")
  .add(new alien.Queue("tasks").build())
  .add(new alien.Queue("mail").build())
  .build();

let queues: TestQueues;
let api: HttpApi;

beforeEach(async () => {
  queues = await createTestQueues(stack);
  onTestFinished(() => queues.close());
  api = httpApi(servedTestQueues(stack, queues), { clock: queues.clock });
  onTestFinished(() => api.close());
});

interface Told {
  readonly id: string;
  readonly event: string;
  readonly data: Readonly<Record<string, unknown>>;
}

/** A reader of events, who takes what has been written so far. */
class Reader {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>;
  text = "";

  constructor(response: Response) {
    if (response.body === null) throw new Error("no body");
    this.#reader = response.body.getReader();
  }

  /** Until the text holds what is awaited. */
  async until(part: string): Promise<string> {
    while (!this.text.includes(part)) {
      const { done, value } = await this.#reader.read();
      if (done) throw new Error(`it ended without ${part}: ${this.text}`);
      this.text += new TextDecoder().decode(value);
    }
    return this.text;
  }

  get events(): readonly Told[] {
    return this.text
      .split("\n\n")
      .filter((each) => each.startsWith("id: "))
      .map((each) => {
        const [id = "", event = "", data = ""] = each
          .split("\n")
          .map((line) => line.replace(/^\w+: /, ""));
        return { id, event, data: JSON.parse(data) };
      });
  }

  cancel(): Promise<void> {
    return this.#reader.cancel();
  }
}

async function open(path = "/events", headers: Readonly<Record<string, string>> = {}) {
  const response = await api.fetch(new Request(`http://localhost${path}`, { headers }));
  expect(response.headers.get("content-type")).toBe("text/event-stream");
  return new Reader(response);
}

describe("events", () => {
  it("tell what happens to messages from the moment on in which they are asked for", async () => {
    const before = await open();
    await queues.clock.advance("1s");
    await before.cancel();
    // The next look at the counts is most of a second away.
    const reader = await open();
    await queues.clock.advance("100ms");
    const tasks = queues.queue("tasks");
    await tasks.send("tasks", { n: 1 });
    await tasks.ack(await tasks.receive());
    await queues.clock.advance("2s");
    await reader.until('"type":"acked"');
    expect(reader.text).toContain('"type":"sent"');
  });

  it("tell counts as they change, and what happens to messages", async () => {
    const reader = await open();
    await queues.clock.advance("2s");
    const { id } = await queues.queue("tasks").send("tasks", { n: 1 });
    await queues.clock.advance("2s");
    await reader.until('"type":"sent"');
    await reader.until('"ready":1');
    const names = reader.events.map(({ event }) => event);
    expect(names.filter((name) => name === "stats")).toHaveLength(3);
    const activity = reader.events.find(({ event }) => event === "activity");
    expect(activity?.data).toMatchObject({ queue: "tasks", events: [{ type: "sent", id }] });
    expect(reader.text).toMatch(/^retry: 2000\n\n/);
  });

  it("come four times a second at most, however much happens", async () => {
    const reader = await open();
    await queues.clock.advance("2s");
    const before = reader.events.length;
    for (let n = 0; n < 100; n++) {
      await queues.queue("tasks").send("tasks", { n });
      await queues.clock.advance("10ms");
    }
    await queues.clock.advance("3s");
    await queues.queue("mail").send("mail", "the last");
    await queues.clock.advance("3s");
    await reader.until('"queue":"mail"');
    const activities = reader.events.slice(before).filter(({ event }) => event === "activity");
    expect(activities.length).toBeLessThan(12);
  });

  it("go on after the last one that was heard, and say where that is not known any more", async () => {
    const first = await open();
    await queues.clock.advance("2s");
    await first.until("event: stats");
    const last = first.events.at(-1)?.id ?? "";
    await queues.queue("tasks").send("tasks", 1);
    await queues.clock.advance("2s");
    await first.until('"ready":1');
    await first.cancel();
    const again = await open("/events", { "last-event-id": last });
    await again.until('"ready":1');
    expect(again.events[0]?.id).not.toBe(last);
    const lost = await open("/events", { "last-event-id": "another-7" });
    await lost.until("event: bindings");
    expect(lost.events[0]).toMatchObject({ event: "bindings", data: {} });
  });

  it("are those of one queue where that is asked for", async () => {
    const reader = await open("/events?queue=mail");
    await queues.clock.advance("2s");
    await queues.queue("tasks").send("tasks", 1);
    await queues.queue("mail").send("mail", 1);
    await queues.clock.advance("2s");
    await reader.until('"ready":1');
    expect(reader.text).not.toContain("tasks");
  });

  it("tell of pauses and of bulk work, and that they are alive", async () => {
    const reader = await open();
    await queues.clock.advance("2s");
    await queues.operate("tasks").pause("lunch");
    await api.fetch(
      new Request("http://localhost/queues/tasks/dead-letters/redrive", {
        method: "POST",
        headers: { "content-type": "application/json" },
        body: '{"filter":{}}',
      }),
    );
    await queues.clock.advance("20s");
    await reader.until(": alive");
    const told = Object.fromEntries(reader.events.map(({ event, data }) => [event, data]));
    expect(told.bindings).toMatchObject({ queue: "tasks", paused: { reason: "lunch" } });
    expect(told.operation).toMatchObject({ kind: "redrive", status: "SUCCEEDED" });
  });

  it("have fifty readers at most, and end with the API", async () => {
    const readers: Reader[] = [];
    for (let n = 0; n < 50; n++) readers.push(await open());
    const refused = await api.fetch(new Request("http://localhost/events"));
    expect(refused.status).toBe(429);
    expect(await refused.json()).toMatchObject({ code: "THROTTLED" });
    await readers[0]?.cancel();
    readers.push(await open());
    api.close();
    await expect(readers[1]?.until("never told")).rejects.toThrow("it ended");
  });
});

it("samples are kept for ten minutes, a second apart, from the first time that somebody asks", async () => {
  const samples = async () => {
    const answer = await api.fetch(new Request("http://localhost/queues/tasks/samples"));
    const { items } = (await answer.json()) as { items: readonly { at: string; ready: number }[] };
    return items;
  };
  expect(await samples()).toEqual([]);
  await queues.clock.advance("2s");
  await queues.queue("tasks").send("tasks", 1);
  await queues.clock.advance("3s");
  expect((await samples()).map(({ ready }) => ready)).toEqual([0, 0, 0, 1, 1, 1]);
  await queues.clock.advance("20m");
  expect((await samples()).length).toBeLessThanOrEqual(601);
});
