import { MessageIds, type Outgoing, VirtualClock } from "@alienplatform/bindings";
import { expect, test } from "vitest";
import { EndedRow } from "../src/engine/jobs/ended-row.ts";
import { EndedWriter } from "../src/engine/jobs/ended-writer.ts";
import { type Fate, fate } from "../src/engine/jobs/fate.ts";
import { idsFrom, timeOfId } from "../src/engine/jobs/id-time.ts";
import { Segment } from "../src/engine/segment.ts";
import { SegmentBuilder } from "../src/engine/segment-builder.ts";

const clock = new VirtualClock();

function outgoing(id: string, job?: string): Outgoing {
  const headers = { kind: "json", ...(job !== undefined && { job }) } as const;
  return { id, body: "{}", headers, sentAt: clock.now() };
}

/** The row of a segment with these messages, each done with so many milliseconds after it was made. */
function rowOf(
  messages: readonly Outgoing[],
  endOf: (index: number) => number,
  fateOf: (index: number) => Fate = () => fate.succeeded,
): Buffer | undefined {
  const builder = new SegmentBuilder();
  for (const message of messages) builder.append(message);
  const [built] = builder.finish(clock.now());
  if (built === undefined) throw new Error("nothing was built");
  const segment = new Segment(0, 1, built.bytes, built.offsets);
  for (let index = 0; index < messages.length; index++) {
    segment.setDone(index);
    segment.setEnd(index, fateOf(index), clock.now() + endOf(index));
  }
  const rows: Buffer[] = [];
  const writer = new EndedWriter((_, row) => rows.push(row));
  writer.addSegment(segment, built.bytes);
  writer.flush();
  return rows[0];
}

function read(row: Buffer | undefined): EndedRow {
  if (row === undefined) throw new Error("there is no row");
  return new EndedRow(row);
}

/** 1,500 ids of two senders, the second in between from time to time. */
function someIds(): readonly string[] {
  const one = new MessageIds(clock, Math.random);
  const two = new MessageIds(clock, Math.random);
  return Array.from({ length: 1_500 }, (_, n) => (n % 97 === 5 ? two : one).next());
}

test("the record of ended jobs names each with its end, and none besides", () => {
  const ids = someIds();
  const row = read(
    rowOf(
      ids.map((id) => outgoing(id)),
      (n) => n >> 4,
    ),
  );
  expect([...row.messages()]).toEqual(
    ids.map((id, n) => ({ id, fate: fate.succeeded, endedAt: clock.now() + (n >> 4) })),
  );
  for (const [n, id] of ids.entries()) expect(row.find(id)?.endedAt).toBe(clock.now() + (n >> 4));
  const next = new MessageIds(clock, Math.random).next();
  expect(row.find(next)).toBeUndefined();
  expect(row.find("something else")).toBeUndefined();
  expect(row.plain).toBe(true);
});

test("a thousand ids of one sender that ended together take less than a hundred bytes", () => {
  const ids = new MessageIds(clock, Math.random);
  const row = rowOf(
    Array.from({ length: 1_000 }, () => outgoing(ids.next())),
    () => 7,
  );
  expect(row?.length).toBeLessThan(100);
  expect([...read(row).messages()]).toHaveLength(1_000);
});

test("ids that no client of ours drew are kept as they are", () => {
  const row = read(
    rowOf(
      ["a", "b".repeat(26), "c"].map((id) => outgoing(id)),
      () => 1,
    ),
  );
  expect([...row.messages()].map(({ id }) => id)).toEqual(["a", "b".repeat(26), "c"]);
  expect(row.find("c")?.id).toBe("c");
});

test("what moved elsewhere is left out, and what else became of messages is kept with its name", () => {
  const ids = new MessageIds(clock, Math.random);
  const messages = ["", "charge", "charge", "refund", ""].map((job) =>
    outgoing(ids.next(), job === "" ? undefined : job),
  );
  const fates: readonly Fate[] = [
    fate.succeeded,
    fate.moved,
    fate.expired,
    fate.cancelled,
    fate.succeeded,
  ];
  const row = read(
    rowOf(
      messages,
      () => 0,
      (n) => fates[n] ?? fate.succeeded,
    ),
  );
  expect([...row.messages()].map(({ id, fate, name }) => [id, fate, name])).toEqual([
    [messages[0]?.id, fate.succeeded, undefined],
    [messages[2]?.id, fate.expired, "charge"],
    [messages[3]?.id, fate.cancelled, "refund"],
    [messages[4]?.id, fate.succeeded, undefined],
  ]);
  expect(row.find(messages[1]?.id ?? "")).toBeUndefined();
  expect(
    rowOf(
      messages,
      () => 0,
      () => fate.moved,
    ),
  ).toBeUndefined();
});

test("an id says when it was drawn", () => {
  const id = new MessageIds(clock, Math.random).next();
  expect(timeOfId(id)).toBe(clock.now());
  expect(timeOfId("not an id")).toBeNaN();
  expect(idsFrom(clock.now()) < id && id < idsFrom(clock.now() + 1)).toBe(true);
});
