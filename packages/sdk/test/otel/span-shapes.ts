import { expect } from "vitest";

export const id = expect.stringMatching(/^\w{26}$/);

/** What every span of an operation on "tasks" says. */
export function of(operation: string, type = operation) {
  return {
    "messaging.system": "alien_reference",
    "messaging.destination.name": "tasks",
    "messaging.operation.name": operation,
    "messaging.operation.type": type,
  };
}

export const sendSpan = {
  span: "PRODUCER send tasks",
  attributes: { ...of("send"), "messaging.message.id": id },
};

export function processSpan(attempt = 1, timeInQueueMs = 0) {
  return {
    span: "CONSUMER process tasks",
    links: ["send tasks"],
    attributes: {
      ...of("process"),
      "messaging.message.id": id,
      "alien.queue.attempt": attempt,
      "alien.queue.max_attempts": 3,
      "alien.queue.time_in_queue_ms": timeInQueueMs,
    },
  };
}

/** A span that ended badly. */
export function failing<Shape extends { attributes: object }>(
  shape: Shape,
  code: string,
  text: string,
) {
  const attributes = { ...shape.attributes, "error.type": code };
  return { ...shape, attributes, status: `ERROR ${text}` };
}
