import { describe, expect, it } from "vitest";
import { check } from "./checker.ts";
import type { FaultEvent, Recorded } from "./history.ts";

type Step = FaultEvent & { readonly at?: number; readonly actor?: string };
type Delivery = Partial<Extract<FaultEvent, { kind: "deliver" }>> & { readonly at?: number };

/** One step a millisecond, or at its own time, on the store's own clock. */
function broken(...steps: readonly Step[]): readonly string[] {
  let now = 0;
  const history = steps.map((step): Recorded => {
    now = step.at ?? now + 1;
    return { actor: "a", ...step, at: now };
  });
  return check(history, { maxAttempts: 3 }).violations;
}

const says = (text: string) => [expect.stringContaining(text)];
const start = (key: string, more: Partial<Extract<FaultEvent, { kind: "send-start" }>> = {}) =>
  ({ kind: "send-start", key, ...more }) as const;
const sent = (key: string, id = key, deduplicated = false) =>
  ({ kind: "send-ok", key, id, deduplicated }) as const;
const given = (key: string, attempt: number, grantedAt: number, more: Delivery = {}): Step => ({
  kind: "deliver",
  key,
  id: key,
  attempt,
  takenAt: grantedAt,
  grantedAt,
  leaseEnds: grantedAt + 100,
  leaseMs: 100,
  receipt: `${key} ${grantedAt}`,
  at: grantedAt,
  ...more,
});
const tried = (
  key: string,
  grantedAt: number,
  outcome: "ack" | "nack" | "release" | "deadLetter",
) => ({ kind: "settle-start", id: key, outcome, receipt: `${key} ${grantedAt}` }) as const;
const settled = (
  key: string,
  grantedAt: number,
  outcome: "ack" | "nack" | "release" | "deadLetter",
): Step[] => [
  tried(key, grantedAt, outcome),
  { kind: "settle-ok", id: key, outcome, receipt: `${key} ${grantedAt}` },
];
const dead = (key: string, attempts = 3) => ({ kind: "dead", key, id: key, attempts }) as const;
const none = { waiting: 0, inFlight: 0, dead: 0 };

describe("order and time", () => {
  const both = [start("k", { group: "g" }), sent("k"), start("l", { group: "g" }), sent("l")];
  const ends = [...settled("l", 20, "ack")];

  it("a later message of a group waits for the earlier one, also for its retry", () => {
    const early = [
      ...both,
      given("l", 1, 20),
      ...ends,
      given("k", 1, 40),
      ...settled("k", 40, "ack"),
    ];
    expect(broken(...early)).toEqual(says("before k was finished"));
    const retried = [given("k", 1, 10), ...settled("k", 10, "nack"), given("l", 1, 20), ...ends];
    const late = [given("k", 2, 40), ...settled("k", 40, "ack")];
    expect(broken(...both, ...retried, ...late)).toEqual(says("before k was finished"));
    const fine = [given("k", 1, 10), ...settled("k", 10, "ack"), given("l", 1, 20), ...ends];
    expect(broken(...both, ...fine)).toEqual([]);
  });

  it("a message of a group may have died of attempts that nobody saw, whoever tried to bury it later", () => {
    const lost = [...both, given("k", 1, 10), given("l", 1, 40), ...settled("l", 40, "ack")];
    const receipt = "k 10";
    const refused: Step[] = [
      tried("k", 10, "deadLetter"),
      { kind: "settle-refused", id: "k", outcome: "deadLetter", receipt, code: "RECEIPT_EXPIRED" },
    ];
    const early = "before k was finished";
    expect(broken(...lost, ...refused, dead("k", 3)).join()).not.toContain(early);
    expect(broken(...lost, ...settled("k", 10, "deadLetter"), dead("k", 1)).join()).toContain(
      early,
    );
  });

  it("a delayed message is not given out before it is due, unless the clock was set", () => {
    const delayed = [start("k", { delayMs: 50 }), sent("k")];
    const taken = [given("k", 1, 40), ...settled("k", 40, "ack")];
    expect(broken(...delayed, ...taken)).toEqual(says("11 ms before it was due"));
    expect(broken(...delayed, { kind: "clock", byMs: 60_000 }, ...taken)).toEqual([]);
  });

  it("no more of a concurrency key are on loan than the limit of the one that is given out", () => {
    const limited = (limit: number) => start("l", { concurrency: { key: "c", limit } });
    const first = [
      start("k", { concurrency: { key: "c", limit: 2 } }),
      sent("k"),
      given("k", 1, 10),
    ];
    const second = [given("l", 1, 20), ...settled("l", 20, "ack"), ...settled("k", 10, "ack")];
    expect(broken(...first, limited(2), sent("l"), ...second)).toEqual([]);
    expect(broken(...first, limited(1), sent("l"), ...second)).toEqual(says("beside k"));
  });
});

describe("leases and receipts", () => {
  it("a lease is as long as it was asked for, and one receipt settles it alone", () => {
    const short = given("k", 1, 10, { leaseEnds: 109 });
    expect(broken(start("k"), sent("k"), short, ...settled("k", 10, "ack"))).toEqual(
      says("lent for less than the 100 ms"),
    );
    const stale = [given("k", 1, 10), given("k", 2, 110), ...settled("k", 10, "ack")];
    expect(broken(start("k"), sent("k"), ...stale)).toEqual(says("a receipt of before"));
    const twice = [given("k", 1, 10), ...settled("k", 10, "nack"), ...settled("k", 10, "ack")];
    expect(broken(start("k"), sent("k"), ...twice)).toEqual(says("two outcomes"));
  });

  it("a lease may end early where its holder was killed or gone, and not else", () => {
    const begin = [start("k"), sent("k"), given("k", 1, 10)];
    const again = [given("k", 2, 50), ...settled("k", 50, "ack")];
    expect(broken(...begin, ...again)).toEqual(says("on loan to a and to a at once"));
    for (const kind of ["killed", "gone"] as const) {
      expect(broken(...begin, { kind, victim: "a", at: 30, actor: "world" }, ...again)).toEqual([]);
    }
  });
});

describe("attempts", () => {
  const begin = [start("k"), sent("k"), given("k", 1, 10)];

  it("a release does not count, a failure does", () => {
    const released = [...begin, ...settled("k", 10, "release")];
    const once = [given("k", 1, 20), ...settled("k", 20, "ack")];
    expect(broken(...released, ...once)).toEqual([]);
    const twice = [given("k", 2, 20), ...settled("k", 20, "ack")];
    expect(broken(...released, ...twice)).toEqual(says("too many"));
    expect(broken(...begin, ...settled("k", 10, "nack"), ...once)).toEqual(
      says("attempt 1 after attempt 1"),
    );
  });

  it("a message is dead when its attempts are used up, or somebody says so, not before", () => {
    expect(broken(...begin, ...settled("k", 10, "nack"), dead("k", 1))).toEqual(
      says("dead after 1 of 3"),
    );
    expect(broken(...begin, ...settled("k", 10, "deadLetter"), dead("k", 1))).toEqual([]);
  });
});

describe("idempotency keys", () => {
  const keyed = { idempotencyKey: "i" };
  const ack = (key: string, at: number) => [given(key, 1, at), ...settled(key, at, "ack")];

  it("make one message in a day", () => {
    const day = 24 * 3_600_000;
    const first = [start("k", keyed), sent("k"), ...ack("k", 10)];
    const second = (at: number) => [{ ...start("l", keyed), at }, sent("l"), ...ack("l", at + 10)];
    expect(broken(...first, ...second(1_000))).toEqual(says("two messages, k and l"));
    expect(broken(...first, ...second(day + 1))).toEqual([]);
  });

  it("are nobody else's, and what has none repeats nothing", () => {
    const first = [start("k", keyed), sent("k"), ...ack("k", 10)];
    expect(broken(...first, start("l", keyed), sent("l", "k", true))).toEqual([]);
    const other = start("l", { idempotencyKey: "j" });
    expect(broken(...first, other, sent("l", "k", true))).toEqual(says("which has another key"));
    expect(broken(...first, start("l"), sent("l", "k", true))).toEqual(says("without a key"));
  });
});

describe("operating", () => {
  const buried = [start("k"), sent("k"), given("k", 1, 10), ...settled("k", 10, "deadLetter")];
  const purged: Step[] = [
    { kind: "purge-start", purge: 1 },
    { kind: "purge-ok", purge: 1 },
  ];

  it("a purge takes what waits, and no dead letter", () => {
    expect(broken(start("k"), sent("k"), ...purged)).toEqual([]);
    expect(broken(...buried, ...purged)).toEqual(says("lost"));
    const after = [given("k", 1, 20), ...settled("k", 20, "ack")];
    expect(broken(start("k"), sent("k"), ...purged, ...after)).toEqual(says("after a purge"));
  });

  it("a redriven message is there again, and no longer dead", () => {
    const redriven: Step[] = [
      { kind: "redrive-start", ids: ["k"] },
      { kind: "redrive-ok", ids: ["k"] },
    ];
    expect(broken(...buried, ...redriven)).toEqual(says("lost"));
    expect(broken(...buried, ...redriven, dead("k", 1))).toEqual(says("redriven, and dead"));
    const again = [given("k", 1, 30), ...settled("k", 30, "ack")];
    expect(broken(...buried, ...redriven, ...again)).toEqual([]);
    expect(broken(...buried, ...again, dead("k", 1))).toContainEqual(
      expect.stringContaining("resurrected"),
    );
  });

  it("a discarded message is gone", () => {
    const discarded: Step[] = [
      { kind: "discard-start", ids: ["k"] },
      { kind: "discard-ok", ids: ["k"] },
    ];
    expect(broken(...buried, ...discarded)).toEqual([]);
    expect(broken(...buried, ...discarded, dead("k", 1))).toEqual(says("discarded, and dead"));
  });

  it("the counters are what the rows say", () => {
    const counted: Step = { kind: "counted", stats: { ...none, dead: 1 }, rows: none };
    expect(broken(counted)).toEqual(says("counters at"));
    expect(broken({ ...counted, stats: none })).toEqual([]);
  });
});

describe("in a calm", () => {
  const begin = [{ kind: "calm" } as const, start("k"), sent("k")];
  const end = (at: number) => [given("k", 1, at), ...settled("k", at, "ack")];

  it("what is sent is given out within a second", () => {
    expect(broken(...begin, ...end(1_003))).toEqual([]);
    expect(broken(...begin, ...end(1_004))).toEqual(says("ready at 3"));
  });

  it("a message that was sent before is not ready anew by a second send of its idempotency key", () => {
    const before = [start("k", { idempotencyKey: "i" }), { kind: "calm" } as const];
    const again = [start("l", { idempotencyKey: "i" }), sent("l", "k", true)];
    const died: Step[] = [{ ...dead("k"), at: 2_000 }];
    expect(broken(...before, ...again, ...died)).toEqual([]);
    expect(broken(...before, sent("k"), ...again, ...died)).toEqual(says("ready at"));
  });

  it("what comes back is given out within a second, also from a process that was killed", () => {
    const second = (at: number) => [given("k", 2, at), ...settled("k", at, "ack")];
    const retried = [...begin, given("k", 1, 10), ...settled("k", 10, "nack")];
    expect(broken(...retried, ...second(1_500))).toEqual(says("ready again at 12"));
    const held = [...begin, given("k", 1, 10, { leaseEnds: 60_000, leaseMs: 59_990 })];
    const killed: Step = { kind: "killed", victim: "a", actor: "world" };
    expect(broken(...held, killed, ...second(2_000))).toEqual([]);
    expect(broken(...held, killed, ...second(60_000))).toEqual(says("ready again at 1611"));
  });
});
