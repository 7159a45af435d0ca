import type { Outgoing } from "@alienplatform/bindings";
import { describe, expect, it } from "vitest";
import { sizeOf, toWire } from "../src/queue/message.ts";
import { openServer } from "./server/open-server.ts";
import { readAlien } from "./worker/read-alien.ts";

const sent: Outgoing = {
  id: "01m811cxfy000000tj2z8gqqgp",
  body: 'mañana 🛸 "quoted"\nsecond line',
  headers: { kind: "text", attributes: { tenant: "ü" } },
  sentAt: 1_000,
};

describe("a message as it is stored", () => {
  it("is one line of JSON and the text, word for word", () => {
    const { body } = toWire(sent, 1_000);
    expect(readAlien(body)).toEqual({
      envelope: { v: 1, id: sent.id, sentAt: 1_000, kind: "text", attributes: { tenant: "ü" } },
      text: sent.body,
    });
  });

  it("is as large as Cloudflare counts: its bytes, and 100 of Cloudflare's own", () => {
    expect(sizeOf(sent)).toBe(Buffer.byteLength(toWire(sent, 1_000).body) + 100);
  });

  it.each([
    [undefined, 0, 0],
    [1, 0, 1],
    [90_000, 0, 90],
    [90_001, 0, 91],
    // Sent again a minute later: it is due when it was to be due.
    [90_000, 60_000, 30],
    [90_000, 100_000, 0],
  ])("with a delay of %s ms, %s ms after the send, waits %s seconds", (delayMs, late, seconds) => {
    const message = delayMs === undefined ? sent : { ...sent, delayMs };
    expect(toWire(message, 1_000 + late).delaySeconds).toBe(seconds);
  });
});

describe("a message that this library did not write, pulled", () => {
  it.each<["text" | "json" | "bytes", string]>([
    ["text", "plain"],
    ["text", "123"],
    ["text", "alien: a greeting\nfrom Mars"],
    ["json", '{"big":12345678901234567890}'],
    ["json", '{"alien":{"v":1,"id":"1","kind":"json"},"body":"b"}'],
    ["bytes", 'alien:{"v":1,"id":"1","sentAt":0,"kind":"json"}\n1'],
    ["bytes", "ü"],
  ])("of the type %s is its text: %s", async (contentType, body) => {
    const { client, tasks, clock } = await openServer();
    tasks.store(Buffer.from(body), contentType, 0);
    const [stored] = tasks.backlog;
    const [message] = await client.receive(1);
    expect([message?.kind, message?.payload]).toEqual(["text", body]);
    expect([message?.id, Number(message?.sentAt)]).toEqual([stored?.id, clock.now()]);
  });

  it.each([
    ["text", 'alien:{"v":2,"id":"1","kind":"text"}\nfrom the future'],
    ["text", 'alien:{"v":1}\nwithout an id'],
    ["v8", "\x01\x02"],
    ["bytes", "\xff"],
  ] as const)("of the type %s that cannot be read goes to the dead letters", async (type, body) => {
    const { client, tasks, dead } = await openServer();
    tasks.store(Buffer.from(body, "latin1"), type, 0);
    expect(await client.receive(1)).toEqual([]);
    expect(tasks.backlog).toEqual([]);
    const [letter] = dead.backlog.map((stored) => readAlien(stored.body));
    expect(letter?.envelope).toMatchObject({ dead: { error: { code: "DECODE_FAILED" } } });
  });
});
