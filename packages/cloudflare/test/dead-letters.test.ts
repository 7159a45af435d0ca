import { describe, expect, it } from "vitest";
import { operate } from "../src/operate.ts";
import { type OpenServer, openServer } from "./server/open-server.ts";

/** Lets so many messages die. */
async function kill({ client }: OpenServer, count: number): Promise<void> {
  await client.sendBatch(Array.from({ length: count }, (_, n) => ({ payload: n })));
  for (let left = count; left > 0; ) {
    const received = await client.receive(100);
    for (const message of received) await client.deadLetter(message, "no such account");
    left -= received.length;
  }
}

describe("dead letters", () => {
  it("are listed without a loan as long as Cloudflare shows them all", async () => {
    const opened = await openServer();
    await kill(opened, 3);
    const operator = operate.queue(opened.binding, opened.clock);
    opened.server.requests.length = 0;
    expect(await operator.deadLetters({ limit: 10 })).toHaveLength(3);
    expect(opened.server.requests).toEqual(["POST messages/peek"]);
    expect(opened.dead.backlog.map(({ attempts }) => attempts)).toEqual([0, 0, 0]);
  });

  it("are all listed where they are more than Cloudflare shows, and stay, however often", async () => {
    const opened = await openServer({}, { deadMaxRetries: 55 });
    await kill(opened, 105);
    const operator = operate.queue(opened.binding, opened.clock);
    const shown = new Set<number>();
    for (let look = 0; look < 60; look++) {
      shown.add((await operator.deadLetters({ limit: 500 })).length);
    }
    expect([...shown]).toEqual([105]);
    expect(opened.dead.backlog).toHaveLength(105);
    const letters = await operator.deadLetters({ limit: 500 });
    expect(new Set(letters.map(({ id }) => id)).size).toBe(105);
    expect(letters.map(({ error }) => error.message)).toEqual(Array(105).fill("no such account"));
  });

  it("that Cloudflare moved by itself are LEASE_EXPIRED, under their own ids", async () => {
    const opened = await openServer({ maxAttempts: 100 }, { maxRetries: 1 });
    const { id } = await opened.client.sendText("crash");
    for (let time = 0; time < 2; time++) {
      await opened.client.receive(1);
      await opened.clock.advance(30_000);
    }
    expect(await opened.client.receive(1)).toEqual([]);
    const operator = operate.queue(opened.binding, opened.clock);
    const [letter] = await operator.deadLetters({ limit: 10 });
    expect([letter?.id, letter?.error.code]).toEqual([id, "LEASE_EXPIRED"]);
    expect(await operator.redrive([id])).toEqual([{ ok: true, applied: true }]);
    expect((await opened.client.receive(1)).map((message) => message.id)).toEqual([id]);
  });

  it("keep bytes that are no text, also when they are sent anew", async () => {
    const opened = await openServer({}, { deadMaxRetries: 55 });
    const bytes = Uint8Array.of(0xff, 0x00, 0x80);
    opened.tasks.store(Buffer.from(bytes), "bytes", 0);
    expect(await opened.client.receive(1)).toEqual([]);
    const operator = operate.queue(opened.binding, opened.clock);
    for (let look = 0; look < 60; look++) await operator.discard(["another"]);
    const [letter] = await operator.deadLetters({ limit: 10 });
    expect(new Uint8Array(Buffer.from(letter?.body ?? ""))).toEqual(bytes);
  });

  it("of a queue that declares where they go are none of its own", async () => {
    const opened = await openServer({ deadLetters: "failed" });
    const operator = operate.queue(opened.binding, opened.clock);
    expect(await operator.deadLetters({ limit: 10 })).toEqual([]);
    expect(await operator.redrive(["a"])).toEqual([{ ok: true, applied: false }]);
    expect(opened.server.requests).toEqual([]);
  });
});
