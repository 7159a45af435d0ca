import { expect, it } from "vitest";
import { check } from "./checker.ts";
import type { FaultEvent, Recorded } from "./history.ts";

type Step = FaultEvent & { readonly actor?: string };

/** One step a millisecond; who did it matters only where it is said. */
function violations(...steps: readonly Step[]): readonly string[] {
  const history = steps.map((step, at): Recorded => ({ actor: "a", ...step, at }));
  return check(history, { maxAttempts: 5, toleranceMs: 1 }).violations;
}

const key = "k";
const id = "i";
const start: Step = { kind: "send-start", key };
const sent: Step = { kind: "send-ok", key, id };
const deliver = (attempt: number, takenAt: number, leaseEnds = 1_000): Step => ({
  kind: "deliver",
  key,
  id,
  attempt,
  takenAt,
  leaseEnds,
});
const acking: Step = { kind: "settle-start", id, outcome: "ack" };
const acked: Step = { kind: "settle-ok", id, outcome: "ack" };
const dead: Step = { kind: "dead", key, id, attempts: 5 };

it("a life that goes well breaks nothing", () => {
  expect(violations(start, sent, deliver(1, 2), acking, acked)).toEqual([]);
});

it("what was answered and never finished is lost", () => {
  expect(violations(start, sent)).toEqual([expect.stringContaining("lost")]);
  expect(violations(start, sent, deliver(1, 2))).toEqual([expect.stringContaining("lost")]);
});

it("a send without an answer may have been stored or not", () => {
  expect(violations(start)).toEqual([]);
  expect(violations(start, deliver(1, 1), acking, acked)).toEqual([]);
});

it("what nobody sent is a phantom", () => {
  expect(violations(deliver(1, 0), acking, acked)).toEqual([expect.stringContaining("phantom")]);
});

it("what is taken after its ack was answered is resurrected", () => {
  const history = [start, sent, deliver(1, 2), acking, acked, deliver(2, 5)];
  expect(violations(...history)).toEqual([expect.stringContaining("resurrected")]);
});

it("a take that began before the ack was answered proves nothing", () => {
  const history = [start, sent, deliver(1, 2), acking, acked, deliver(2, 3)];
  expect(violations(...history)).toEqual([]);
});

it("two live leases at once are seen, an ended one and a dead holder are not", () => {
  const finish = [acking, acked];
  expect(violations(start, sent, deliver(1, 2), deliver(2, 3), ...finish)).toEqual([
    expect.stringContaining("on loan to"),
  ]);
  expect(violations(start, sent, deliver(1, 2, 3), deliver(2, 3), ...finish)).toEqual([]);
  const killed: Step = { kind: "killed", victim: "a" };
  expect(violations(start, sent, deliver(1, 2), killed, deliver(2, 4), ...finish)).toEqual([]);
});

it("attempts rise, and stay within the limit", () => {
  const again = [start, sent, deliver(1, 2, 2), deliver(1, 3), acking, acked];
  expect(violations(...again)).toEqual([expect.stringContaining("attempt 1 after attempt 1")]);
  expect(violations(start, sent, deliver(6, 2), acking, acked)).toEqual([
    expect.stringContaining("delivered 6 times"),
  ]);
});

it("a message is dead once, and not after an ack", () => {
  expect(violations(start, sent, dead)).toEqual([]);
  expect(violations(start, sent, dead, dead)).toEqual([expect.stringContaining("dead twice")]);
  expect(violations(start, sent, deliver(1, 2), acking, acked, dead)).toEqual([
    expect.stringContaining("dead all the same"),
  ]);
});

it("one send is one message", () => {
  const twin: Step = { kind: "deliver", key, id: "j", attempt: 1, takenAt: 3, leaseEnds: 9 };
  const both = [start, sent, deliver(1, 2), acking, acked, twin];
  expect(violations(...both)).toEqual([expect.stringContaining("two messages")]);
});
