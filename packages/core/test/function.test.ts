import { Endpoint, Function as FunctionBuilder, Queue } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import { failureOf, problemsOf } from "./problems.ts";

const tasks = new Queue("tasks").build();
const emails = new Queue("emails").build();
const worker = () => new FunctionBuilder("worker");
const billing = () => new Endpoint("billing");
// What JavaScript or a cast lets through is refused like everything else.
const wrong = <T>(value: unknown) => value as T;

describe("Function", () => {
  it("needs nothing but an id", () => {
    expect(worker().build()).toEqual({
      type: "function",
      id: "worker",
      triggers: [],
      links: [],
      http: false,
      environment: {},
      secrets: [],
    });
  });

  it("takes every option", () => {
    const resource = worker()
      .code("./lib/main.ts")
      .trigger(tasks, {
        batchSize: 10,
        paused: true,
        whilePaused: "deadLetter",
        onInvalid: "retry",
      })
      .link(emails)
      .link(emails, "operate")
      .http()
      .memory("512MiB")
      .timeout("60s")
      .environment({ LEVEL: "debug" })
      .environment({ ZONE: "eu" })
      .secret("SMTP_PASSWORD")
      .build();
    expect(resource).toEqual({
      type: "function",
      id: "worker",
      code: "./lib/main.ts",
      triggers: [
        {
          queue: "tasks",
          batchSize: 10,
          paused: true,
          whilePaused: "deadLetter",
          onInvalid: "retry",
        },
      ],
      links: [
        { resource: "emails", right: "send" },
        { resource: "emails", right: "operate" },
      ],
      http: true,
      memoryBytes: 536_870_912,
      timeoutMs: 60_000,
      environment: { LEVEL: "debug", ZONE: "eu" },
      secrets: ["SMTP_PASSWORD"],
    });
    expect(Object.isFrozen(resource.triggers[0])).toBe(true);
  });

  it("fills in the defaults of a trigger", () => {
    expect(worker().trigger(tasks).build().triggers).toEqual([
      { queue: "tasks", batchSize: 1, paused: false, whilePaused: "wait", onInvalid: "deadLetter" },
    ]);
  });

  it("may have several triggers", () => {
    expect(worker().trigger(tasks).trigger(emails).build().triggers).toHaveLength(2);
  });

  it("has a link once, however often it is declared", () => {
    expect(worker().link(emails).link(emails, "send").build().links).toHaveLength(1);
  });

  it("shows the right form where a queue was not built", () => {
    const unbuilt = wrong<typeof tasks>(new Queue("tasks"));
    expect(() => worker().trigger(unbuilt)).toThrow(
      new TypeError(
        `Function("worker").trigger() takes a built queue; write: const tasks = new alien.Queue("tasks").build(); ... .trigger(tasks)`,
      ),
    );
    expect(() => worker().link(wrong("tasks"))).toThrow(TypeError);
  });

  it("is closed by build()", () => {
    const builder = worker();
    builder.build();
    expect(() => builder.trigger(tasks)).toThrow(TypeError);
    expect(() => builder.link(tasks)).toThrow(TypeError);
    expect(() => builder.environment({})).toThrow(TypeError);
    expect(() => builder.secret("A")).toThrow(TypeError);
    expect(() => builder.http()).toThrow(TypeError);
  });
});

describe("a function's problems", () => {
  it.each<[string, () => FunctionBuilder, string, string]>([
    ["a wrong id", () => new FunctionBuilder("my.worker"), "id", `the id "my.worker"`],
    [
      "no file",
      () => worker().code("src/worker"),
      "code",
      `code is "src/worker", not a TypeScript or JavaScript file`,
    ],
    [
      "one queue twice",
      () => worker().trigger(tasks).trigger(tasks),
      "trigger(tasks)",
      "trigger(tasks) is declared twice",
    ],
    [
      "no message in a batch",
      () => worker().trigger(tasks, { batchSize: 0 }),
      "trigger(tasks).batchSize",
      "trigger(tasks).batchSize is 0, not a whole number from 1 to 10000",
    ],
    [
      "a mistyped option of a trigger",
      () => worker().trigger(tasks, wrong({ pause: true })),
      "trigger(tasks).pause",
      `trigger(tasks) has no option "pause"`,
    ],
    [
      "an unclear pause",
      () => worker().trigger(tasks, { paused: wrong("yes") }),
      "trigger(tasks).paused",
      `trigger(tasks).paused is "yes"`,
    ],
    [
      "an unknown whilePaused",
      () => worker().trigger(tasks, { whilePaused: wrong("drop") }),
      "trigger(tasks).whilePaused",
      `is "drop", not "wait" or "deadLetter"`,
    ],
    [
      "an unknown onInvalid",
      () => worker().trigger(tasks, { onInvalid: wrong("drop") }),
      "trigger(tasks).onInvalid",
      `is "drop", not "deadLetter" or "retry"`,
    ],
    [
      "an unknown right",
      () => worker().link(emails, wrong("admin")),
      "link(emails)",
      `link(emails) is "admin", not "send" or "receive" or "operate"`,
    ],
    [
      "memory without unit",
      () => worker().memory(wrong("512")),
      "memory",
      `memory is "512", not a size with a unit`,
    ],
    [
      "a timeout without unit",
      () => worker().timeout(wrong(60)),
      "timeout",
      "timeout: the duration 60 has no unit",
    ],
    [
      "no timeout",
      () => worker().timeout("0s"),
      "timeout",
      `timeout is "0s", not within "1ms" to "7d"`,
    ],
    [
      "a variable that is no text",
      () => worker().environment({ PORT: wrong(80) }),
      "environment.PORT",
      "environment.PORT is a number, not a string",
    ],
    [
      "a variable without a name",
      () => worker().environment({ "a-b": "" }),
      "environment(a-b)",
      `"a-b" is not a variable's name`,
    ],
    [
      "a reserved variable",
      () => worker().environment({ ALIEN_PLATFORM: "x" }),
      "environment(ALIEN_PLATFORM)",
      "is reserved",
    ],
    ["a reserved secret", () => worker().secret("ALIEN_KEY"), "secret(ALIEN_KEY)", "is reserved"],
    [
      "a secret that is also a variable",
      () => worker().environment({ KEY: "v" }).secret("KEY"),
      "secret(KEY)",
      "KEY is in environment() and in secret()",
    ],
  ])("%s", (_, builder, path, message) => {
    const [problem, ...others] = problemsOf(() => builder().build());
    expect(problem?.path).toBe(path);
    expect(problem?.problem).toContain(message);
    expect(problem?.fix).toMatch(/^[A-Z].*\.$/);
    expect(others).toEqual([]);
  });
});

describe("Endpoint", () => {
  it("is an HTTP consumer", () => {
    const endpoint = billing().url("https://billing.internal/jobs").trigger(tasks).build();
    expect(endpoint).toMatchObject({
      type: "endpoint",
      id: "billing",
      url: "https://billing.internal/jobs",
      triggers: [{ queue: "tasks", batchSize: 1 }],
    });
  });

  it.each<[string, () => Endpoint, string]>([
    ["no url", () => billing(), "it has no url"],
    [
      "half a url",
      () => billing().url("billing/jobs"),
      `url is "billing/jobs", not an http or https URL`,
    ],
    ["another protocol", () => billing().url("ftp://a/b"), `url is "ftp://a/b"`],
    [
      "a password",
      () => billing().url("https://user:hunter2@a/b"),
      "url carries a user name or a password",
    ],
  ])("refuses %s", (_, builder, message) => {
    const error = failureOf(() => builder().build());
    expect(error?.message).toContain(message);
    expect(error?.message).not.toContain("hunter2");
    expect(error?.code).toBe("DECLARATION_INVALID");
  });

  it("is closed by build()", () => {
    const builder = billing().url("http://localhost:1/");
    builder.build();
    expect(() => builder.url("http://localhost:2/")).toThrow(TypeError);
    expect(() => builder.trigger(tasks)).toThrow(TypeError);
  });
});
