import { Endpoint, Function as FunctionBuilder, Queue, Stack } from "@alienplatform/core";
import { describe, expect, it } from "vitest";
import { failureOf, problemsOf } from "./problems.ts";

const tasks = new Queue("tasks").build();
const worker = new FunctionBuilder("worker").trigger(tasks).build();

describe("Stack", () => {
  it("is its resources in order, as frozen data", () => {
    const stack = new Stack("images")
      .platforms("first", "second", "first")
      .add(tasks)
      .add(worker)
      .build();
    expect(stack).toEqual({
      name: "images",
      platforms: ["first", "second"],
      resources: [tasks, worker],
    });
    expect(Object.isFrozen(stack.resources)).toBe(true);
    expect(JSON.parse(JSON.stringify(stack))).toEqual(stack);
  });

  it("may add a consumer before its queue", () => {
    expect(new Stack("images").add(worker).add(tasks).build().resources).toHaveLength(2);
  });

  it("may have a chain of queues for dead letters", () => {
    const failed = new Queue("failed").deadLetters("lost").build();
    const stack = new Stack("s")
      .add(new Queue("tasks").deadLetters(failed).build())
      .add(failed)
      .add(new Queue("lost").build());
    expect(stack.build().resources).toMatchObject([
      { id: "tasks", deadLetters: "failed" },
      { id: "failed", deadLetters: "lost" },
      { id: "lost" },
    ]);
  });

  it("takes built resources only", () => {
    const unbuilt = new Queue("tasks") as never;
    expect(() => new Stack("images").add(unbuilt)).toThrow(
      new TypeError(
        `Stack("images").add() takes a built resource; write: .add(new alien.Queue("tasks").build())`,
      ),
    );
  });

  it("is closed by build()", () => {
    const builder = new Stack("images").add(tasks);
    builder.build();
    expect(() => builder.add(worker)).toThrow(TypeError);
    expect(() => builder.platforms("other")).toThrow(TypeError);
    expect(() => builder.build()).toThrow(TypeError);
  });

  it("reports everything at once", () => {
    const error = failureOf(() =>
      new Stack("my images")
        .add(worker)
        .add(new FunctionBuilder("second").trigger(tasks).build())
        .build(),
    );
    expect(error?.code).toBe("STACK_INVALID");
    expect(error?.message).toContain(`Stack("my images") has 4 problems:`);
    expect(error?.details.problems).toHaveLength(4);
  });
});

describe("a stack's problems", () => {
  it.each<[string, Stack, string, string]>([
    [
      "a wrong name",
      new Stack("a b").add(tasks),
      `the id "a b" is not 1 to 64 characters`,
      `Use "a-b".`,
    ],
    ["no resource", new Stack("s"), "it holds no resource", "Add at least one: .add(tasks)."],
    [
      "a wrong platform",
      new Stack("s").platforms("My Cloud").add(tasks),
      `"My Cloud" is not a platform's name`,
      "Use its lower-case name.",
    ],
    [
      "the same resource twice",
      new Stack("s").add(tasks).add(tasks),
      `queue "tasks" is added twice`,
      "Remove one of the two .add() calls.",
    ],
    [
      "one id for two resources",
      new Stack("s").add(tasks).add(new FunctionBuilder("tasks").build()),
      `queue "tasks" and function "tasks" have the same id`,
      "Give one of them another id.",
    ],
    [
      "two ids for one environment variable",
      new Stack("s").add(new Queue("image-tasks").build()).add(new Queue("Image_Tasks").build()),
      `queue "image-tasks" and queue "Image_Tasks" would share the environment variable ALIEN_IMAGE_TASKS_BINDING`,
      `Give one of them an id that differs in more than case, "-" and "_".`,
    ],
    [
      "a trigger of a queue that is missing",
      new Stack("s").add(worker),
      `function "worker" refers to queue "tasks", which is not in the stack`,
      "Add the queue: .add(tasks).",
    ],
    [
      "a link to a queue that is missing",
      new Stack("s")
        .add(new Queue("image-task").build())
        .add(new FunctionBuilder("api").link(new Queue("image-tasks").build()).build()),
      `function "api" refers to queue "image-tasks", which is not in the stack`,
      `Add the queue: .add(imageTasks), or refer to "image-task".`,
    ],
    [
      "dead letters that go to a queue that is missing",
      new Stack("s").add(new Queue("tasks").deadLetters("failed").build()),
      `queue "tasks" refers to queue "failed", which is not in the stack`,
      "Add the queue: .add(failed).",
    ],
    [
      "dead letters that come back",
      new Stack("s")
        .add(new Queue("a").deadLetters("b").build())
        .add(new Queue("b").deadLetters("c").build())
        .add(new Queue("c").deadLetters("b").build()),
      `the dead letters of queue "b" come back to it: b -> c -> b`,
      "Remove .deadLetters() from one of them: its dead letters then stay beside it.",
    ],
    [
      "dead letters that go to the queue itself",
      new Stack("s").add(new Queue("a").deadLetters("a").build()),
      `the dead letters of queue "a" come back to it: a -> a`,
      "Remove .deadLetters() from one of them: its dead letters then stay beside it.",
    ],
    [
      "FIFO dead letters that would lose their order",
      new Stack("s").add(tasks).add(new Queue("a").fifo().deadLetters(tasks).build()),
      `queue "a" is FIFO and queue "tasks", which its dead letters go to, is not`,
      `Declare "tasks" with .fifo() too.`,
    ],
    [
      "dead letters without an order that go to a FIFO queue",
      new Stack("s")
        .add(new Queue("a").deadLetters("b").build())
        .add(new Queue("b").fifo().build()),
      `queue "a" is not FIFO and queue "b", which its dead letters go to, is`,
      `Declare "b" without .fifo().`,
    ],
    [
      "two consumers of one queue",
      new Stack("s")
        .add(tasks)
        .add(worker)
        .add(new Endpoint("billing").url("http://localhost/").trigger(tasks).build()),
      `queue "tasks" has two consumers, function "worker" and endpoint "billing"`,
      "Remove one trigger, or give the second consumer a queue of its own and send to both.",
    ],
  ])("%s", (_, builder, message, fix) => {
    const [problem, ...others] = problemsOf(() => builder.build());
    expect(problem?.problem).toContain(message);
    expect(problem?.fix).toBe(fix);
    expect(others).toEqual([]);
  });
});
