import { AlienError } from "@alienplatform/core";
import { expect, test } from "vitest";
import { importLines } from "../src/dead-letters/import-lines.ts";
import { formatLine } from "../src/dead-letters/line.ts";
import type { SendResult, Settlement } from "../src/queue/driver.ts";
import { receiving, sending, world } from "./taken-letters.ts";

const DENIED = { ok: false, error: new AlienError("PERMISSION_DENIED", "not allowed") } as const;

test("a redrive that cannot be sent leaves the letter where it is, and says why", async () => {
  const { source, letters, kill, service, waiting } = world();
  const id = await kill("a");
  const denied = sending(
    source,
    async (messages): Promise<SendResult[]> => messages.map(() => DENIED),
  );
  const [result] = await letters({ source: denied }).redrive([id]);
  expect(result).toMatchObject({ ok: false, error: { code: "PERMISSION_DENIED" } });
  expect(waiting(service.source)).toBe(0);
  expect((await letters().deadLetter(id))?.id).toBe(id);
});

test("a letter is sent before it is removed: what cannot be removed is in both, and said so", async () => {
  const { dead, letters, kill, service, waiting } = world();
  const id = await kill("a");
  const stuck = receiving(dead, (receiver) => ({
    ...receiver,
    settle: async (batch: readonly Settlement[]) =>
      batch.map(({ outcome }) =>
        outcome.kind === "ack" ? DENIED : ({ ok: true, applied: true } as const),
      ),
  }));
  const [result] = await letters({ dead: stuck }).redrive([id]);
  expect(result).toMatchObject({ ok: false, error: { code: "PERMISSION_DENIED" } });
  expect([waiting(service.source), waiting(service.dead)]).toEqual([1, 1]);
});

test("a letter that a crash has left twice is one letter, and all of it is removed", async () => {
  const { letters, kill, service, waiting } = world();
  const id = await kill("a");
  const [letter] = await letters().deadLetters({ limit: 10 });
  if (letter === undefined) throw new TypeError("there is no letter");
  await letters().importDeadLetters([{ ...letter, deadAt: letter.deadAt + 1 }]);
  expect(waiting(service.dead)).toBe(2);
  expect((await letters().deadLetters({ limit: 10 })).map((one) => one.id)).toEqual([id]);
  expect(await letters().redrive([id])).toEqual([{ ok: true, applied: true }]);
  expect([waiting(service.source), waiting(service.dead)]).toEqual([1, 0]);
});

test("an import looks once at what is there, however many letters it takes in", async () => {
  const { dead, letters, kill, service, waiting } = world();
  await kill("a");
  const [letter] = await letters().deadLetters({ limit: 10 });
  if (letter === undefined) throw new TypeError("there is no letter");
  const more = Array.from({ length: 250 }, (_, index) => ({
    ...letter,
    id: `${letter.id.slice(0, -3)}${String(index).padStart(3, "0")}`,
  }));
  let looks = 0;
  const looked = receiving(dead, (receiver) => {
    looks++;
    return receiver;
  });
  const text = [letter, ...more, more[0] ?? letter].map(formatLine);
  const report = await importLines(letters({ dead: looked }), text, {});
  expect(report).toEqual({ imported: 250, known: 2, refused: [] });
  expect(looks).toBe(1);
  expect(waiting(service.dead)).toBe(251);
});

test("a look that fails half-way gives back what it has taken", async () => {
  const { dead, letters, kill } = world();
  for (let count = 0; count < 15; count++) await kill("a");
  let takes = 0;
  const failing = receiving(dead, (receiver) => ({
    ...receiver,
    take: async (max: number, waitMs: number) => {
      if (takes++ > 0) throw DENIED.error;
      return receiver.take(max, waitMs);
    },
  }));
  await expect(letters({ dead: failing }).deadLetters({ limit: 10 })).rejects.toBe(DENIED.error);
  expect(await letters().deadLetters({ limit: 100 })).toHaveLength(15);
});

test("a letter whose bytes are no text keeps no other back, and can be edited", async () => {
  const { dead, letters, kill, service, waiting } = world();
  const [bytes, other] = [await kill("bytes"), await kill("other")];
  const binary = receiving(dead, (receiver) => ({
    ...receiver,
    take: async (max, waitMs, signal) =>
      (await receiver.take(max, waitMs, signal)).map((delivery) =>
        delivery.body === "bytes" ? { ...delivery, body: Uint8Array.of(0xff) } : delivery,
      ),
  }));
  const operator = letters({ dead: binary });
  const refused = { ok: false, error: { code: "UNSUPPORTED", details: { id: bytes } } };
  const [letter] = await operator.deadLetters({ limit: 1 });
  if (letter === undefined) throw new TypeError("there is no letter");
  expect(await operator.importDeadLetters([{ ...letter, deadAt: 1 }])).toMatchObject([refused]);
  expect(await operator.redrive([bytes, other])).toMatchObject([refused, { ok: true }]);
  expect([waiting(service.source), waiting(service.dead)]).toEqual([1, 1]);
  const edited = await operator.editDeadLetter(bytes, { body: "text", kind: "text" });
  expect(edited).toEqual({ ok: true, applied: true });
  expect(await operator.redrive([bytes])).toEqual([{ ok: true, applied: true }]);
});

test("a letter is text also where the service carries bytes, and bytes where they are none", async () => {
  const { dead, letters, kill } = world();
  await kill("grüezi");
  await kill("bytes");
  const carrying = receiving(dead, (receiver) => ({
    ...receiver,
    take: async (max, waitMs, signal) =>
      (await receiver.take(max, waitMs, signal)).map((delivery) => ({
        ...delivery,
        body:
          delivery.body === "bytes"
            ? Uint8Array.of(0xff)
            : new TextEncoder().encode(String(delivery.body)),
      })),
  }));
  const bodies = (await letters({ dead: carrying }).deadLetters({ limit: 10 })).map(
    ({ body }) => body,
  );
  expect(bodies).toHaveLength(2);
  expect(bodies).toEqual(expect.arrayContaining(["grüezi", Uint8Array.of(0xff)]));
});
