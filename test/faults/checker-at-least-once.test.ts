import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type { FaultEvent, Recorded } from "./history.ts";
import type { Rules } from "./ledger.ts";

type Step = FaultEvent & { readonly at: number };

function broken(rules: Partial<Rules>, ...steps: readonly Step[]): readonly string[] {
  const history = steps.map((step): Recorded => ({ actor: "a", ...step }));
  return check(history, { maxAttempts: 3, ...rules }).violations;
}

const says = (text: string) => [expect.stringContaining(text)];
const send = (at: number): Step[] => [
  { kind: "send-start", key: "k", at },
  { kind: "send-ok", key: "k", id: "k", at },
];
const deliver = (at: number, attempt: number): Step => ({
  kind: "deliver",
  key: "k",
  id: "k",
  attempt,
  takenAt: at,
  leaseEnds: at + 100,
  receipt: `of ${at}`,
  at,
});
const settle = (from: number, at: number, of: number, outcome: "ack" | "deadLetter"): Step[] => [
  { kind: "settle-start", id: "k", outcome, receipt: `of ${of}`, at: from },
  { kind: "settle-ok", id: "k", outcome, receipt: `of ${of}`, at },
];
const given = (at: number): Step => ({ kind: "given", id: "k", at });
const twice = (at: number): Step => ({ kind: "twice", id: "k", at });

describe("a service that delivers at least once", () => {
  const again = [...send(1), deliver(10, 1), ...settle(11, 12, 10, "ack"), deliver(20, 2)];

  it("a message comes back after its ack only where there may be more than one of it", () => {
    expect(broken({ fencing: "none" }, ...again)).toEqual(says("resurrected"));
    expect(broken({ fencing: "none" }, twice(1), ...again)).toEqual([]);
  });

  it("a message that may be there twice is lost all the same where neither is found", () => {
    expect(broken({}, ...send(1), twice(1), deliver(10, 1))).toEqual(says("lost"));
  });

  it("an ack promises nothing where its lease had ended and stale ones are not refused", () => {
    const late = [...send(1), deliver(10, 1), ...settle(111, 112, 10, "ack"), deliver(120, 2)];
    expect(broken({ fencing: "none" }, ...late)).toEqual([]);
    expect(broken({ fencing: "exact" }, ...late)).toEqual(says("resurrected"));
  });

  it("attempts rise by when messages were given out, not by when slow answers came", () => {
    const late = { ...deliver(10, 1), at: 125 };
    const acked = settle(130, 131, 120, "ack");
    const both = [...send(1), given(10), given(120), deliver(120, 2), late, ...acked];
    expect(broken({}, ...both)).toEqual([]);
    const fallen = [deliver(120, 2), deliver(240, 1), ...settle(241, 242, 240, "ack")];
    expect(broken({}, ...send(1), given(10), given(120), ...fallen)).toEqual(
      says("attempt 1 after attempt 2"),
    );
  });

  it("an attempt is no more than how often the message was given out, to whomever", () => {
    const done = settle(21, 22, 20, "ack");
    const seen = [given(20), deliver(20, 2), ...done];
    expect(broken({}, ...send(1), given(10), ...seen)).toEqual([]);
    expect(broken({}, ...send(1), ...seen)).toEqual(says("attempt 2, though it was given out 1"));
  });
});
