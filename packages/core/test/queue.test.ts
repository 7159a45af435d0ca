import { Queue, type QueueResource, type StandardSchemaV1 } from "@alienplatform/core";
import { describe, expect, expectTypeOf, it } from "vitest";
import { z } from "zod";
import { failureOf, problemsOf } from "./problems.ts";

const tasks = () => new Queue("tasks");

describe("Queue", () => {
  it("needs nothing but an id", () => {
    expect(tasks().build()).toEqual({
      type: "queue",
      id: "tasks",
      maxAttempts: 5,
      backoff: { initialMs: 1_000, factor: 2, maxMs: 300_000, jitter: "full" },
      leaseMs: 30_000,
      retentionMs: 345_600_000,
      idempotency: { conflict: "original" },
    });
  });

  it("takes every option", () => {
    const schema = z.object({ imageId: z.string() });
    const queue = tasks()
      .schema(schema)
      .maxAttempts(100)
      .backoff({ initial: "250ms", factor: 1.5, max: "2h", jitter: "none" })
      .lease("12h")
      .fifo({ group: "customer.id" })
      .concurrency(3)
      .retention("14d")
      .results("24h")
      .idempotency({ conflict: "error" })
      .build();
    expect(queue).toEqual({
      type: "queue",
      id: "tasks",
      maxAttempts: 100,
      backoff: { initialMs: 250, factor: 1.5, maxMs: 7_200_000, jitter: "none" },
      leaseMs: 43_200_000,
      fifo: { group: "customer.id" },
      concurrency: 3,
      retentionMs: 1_209_600_000,
      resultsMs: 86_400_000,
      idempotency: { conflict: "error" },
      schema,
    });
  });

  it("may be FIFO without a group, which each send then gives", () => {
    expect(tasks().fifo().build().fifo).toEqual({});
  });

  it("keeps the other backoff values where one is given", () => {
    expect(tasks().backoff({ factor: 3 }).build().backoff).toEqual({
      initialMs: 1_000,
      factor: 3,
      maxMs: 300_000,
      jitter: "full",
    });
  });

  it("is frozen through and through", () => {
    const queue = tasks().fifo({ group: "a" }).build();
    expect(Object.isFrozen(queue)).toBe(true);
    expect(Object.isFrozen(queue.backoff)).toBe(true);
    expect(Object.isFrozen(queue.fifo)).toBe(true);
  });

  it("leaves the author's objects as they are", () => {
    const fifo = { group: "a" };
    const schema = z.string();
    new Queue("q").fifo(fifo).schema(schema).build();
    expect(Object.isFrozen(fifo)).toBe(false);
    expect(Object.isFrozen(schema)).toBe(false);
  });

  it("is closed by build()", () => {
    const builder = tasks();
    builder.build();
    expect(() => builder.lease("1m")).toThrow(TypeError);
    expect(() => builder.build()).toThrow(
      `Queue("tasks") was built already; call its options before build(), and build() once`,
    );
  });

  it("stays open where build() failed", () => {
    const builder = tasks().maxAttempts(0);
    expect(failureOf(() => builder.build())).toBeDefined();
    expect(builder.maxAttempts(1).build().maxAttempts).toBe(1);
  });

  it("lists every problem with its fix in one error", () => {
    const error = failureOf(() => new Queue("my tasks!").maxAttempts(0).lease("1d").build());
    expect(error?.code).toBe("DECLARATION_INVALID");
    expect(error?.message).toBe(`Queue("my tasks!") has 3 problems:
  - the id "my tasks!" is not 1 to 64 characters of A-Z, a-z, 0-9, "-" and "_"
    Use "my-tasks".
  - maxAttempts is 0, not a whole number from 1 to 100
    Use a whole number from 1 to 100.
  - lease is "1d", not within "1s" to "12h"
    Use a duration from "1s" to "12h".`);
    expect(error?.fix).toBe("Correct all 3; each is listed with its fix.");
    expect(error?.details.problems).toHaveLength(3);
  });

  it("says a single problem in one line", () => {
    const error = failureOf(() => tasks().concurrency(0).build());
    expect(error?.message).toBe(
      `Queue("tasks"): concurrency is 0, not a whole number of at least 1`,
    );
    expect(error?.fix).toBe("Use a whole number of at least 1.");
  });
});

describe("a queue's problems", () => {
  // What JavaScript or a cast lets through is refused like everything else.
  const wrong = <T>(value: unknown) => value as T;

  it.each<[string, () => Queue, string, string]>([
    [
      "no id",
      () => new Queue(wrong(undefined)),
      "id",
      "the id undefined is not 1 to 64 characters",
    ],
    ["an id too long", () => new Queue("x".repeat(65)), "id", "is not 1 to 64 characters"],
    ["too many attempts", () => tasks().maxAttempts(101), "maxAttempts", "maxAttempts is 101"],
    [
      "a mistyped option of the backoff",
      () => tasks().backoff(wrong({ inital: "2s" })),
      "backoff.inital",
      `backoff has no option "inital"`,
    ],
    [
      "a mistyped option of FIFO",
      () => tasks().fifo(wrong({ groop: "account" })),
      "fifo.groop",
      `fifo has no option "groop"`,
    ],
    ["half an attempt", () => tasks().maxAttempts(1.5), "maxAttempts", "maxAttempts is 1.5"],
    [
      "a lease too short",
      () => tasks().lease("999ms"),
      "lease",
      `lease is "999ms", not within "1s" to "12h"`,
    ],
    [
      "a lease without unit",
      () => tasks().lease(wrong(30)),
      "lease",
      "lease: the duration 30 has no unit",
    ],
    ["no lease", () => tasks().lease(wrong("soon")), "lease", `lease: "soon" is not a duration`],
    [
      "a retention too short",
      () => tasks().retention("59s"),
      "retention",
      `retention is "59s", not within "1m" to "14d"`,
    ],
    ["a retention too long", () => tasks().retention("15d"), "retention", `retention is "15d"`],
    [
      "results too short",
      () => tasks().results("1s"),
      "results",
      `results is "1s", not within "1m" to "90d"`,
    ],
    ["no whole concurrency", () => tasks().concurrency(2.5), "concurrency", "concurrency is 2.5"],
    [
      "a first wait without unit",
      () => tasks().backoff({ initial: wrong("5") }),
      "backoff.initial",
      "backoff.initial: the duration 5 has no unit",
    ],
    ["a wait too long", () => tasks().backoff({ max: "8d" }), "backoff.max", `backoff.max is "8d"`],
    [
      "a factor below 1",
      () => tasks().backoff({ factor: 0.5 }),
      "backoff.factor",
      "backoff.factor is 0.5, not a number from 1 to 100",
    ],
    [
      "a factor that is no number",
      () => tasks().backoff({ factor: Number.NaN }),
      "backoff.factor",
      "backoff.factor is NaN",
    ],
    [
      "a first wait above the longest",
      () => tasks().backoff({ initial: "10m" }),
      "backoff.max",
      `backoff.max is "5m", less than backoff.initial, "10m"`,
    ],
    [
      "an unknown jitter",
      () => tasks().backoff({ jitter: wrong("half") }),
      "backoff.jitter",
      `backoff.jitter is "half", not "full" or "none"`,
    ],
    [
      "an empty group",
      () => tasks().fifo({ group: "" }),
      "fifo.group",
      `fifo.group is "", not the path of a payload field`,
    ],
    [
      "a group with a hole",
      () => tasks().fifo({ group: "a..b" }),
      "fifo.group",
      `fifo.group is "a..b"`,
    ],
    [
      "an unknown conflict",
      () => tasks().idempotency({ conflict: wrong("ignore") }),
      "idempotency.conflict",
      `idempotency.conflict is "ignore", not "original" or "error"`,
    ],
    [
      "no queue for dead letters",
      () => tasks().deadLetters(wrong({ type: "function", id: "worker" })),
      "deadLetters",
      "not a queue",
    ],
    [
      "no id for dead letters",
      () => tasks().deadLetters("no name"),
      "deadLetters",
      `deadLetters is "no name", not a queue`,
    ],
    [
      "no schema",
      () => tasks().schema(wrong<StandardSchemaV1>({ type: "object" })),
      "schema",
      "the schema does not implement Standard Schema version 1",
    ],
  ])("%s", (_, builder, path, message) => {
    const [problem, ...others] = problemsOf(() => builder().build());
    expect(problem?.path).toBe(path);
    expect(problem?.problem).toContain(message);
    expect(problem?.fix).toMatch(/^[A-Z].*\.$/);
    expect(others).toEqual([]);
  });
});

describe("the type of a queue", () => {
  it("has the schema's input and output", () => {
    const schema = z.object({ at: z.string().transform((text) => new Date(text)) });
    const queue = new Queue("tasks").maxAttempts(3).schema(schema).lease("1m").build();
    expectTypeOf(queue).toEqualTypeOf<QueueResource<{ at: string }, { at: Date }>>();
  });

  it("is unknown without a schema", () => {
    expectTypeOf(new Queue("tasks").build()).toEqualTypeOf<QueueResource<unknown, unknown>>();
  });

  it("lets a typed queue pass where any queue is taken", () => {
    const queue = new Queue("tasks").schema(z.string()).build();
    expectTypeOf(queue).toExtend<QueueResource>();
  });
});
