import { environmentName } from "@alienplatform/core";

/** What a queue is called in a Worker's `env`: "ALIEN_TASKS_QUEUE". */
export function queueVariable(queue: string): string {
  return environmentName(queue).replace(/_BINDING$/, "_QUEUE");
}

/** The same of the queue that its dead letters are in: "ALIEN_TASKS_DEAD". */
export function deadLettersVariable(queue: string): string {
  return environmentName(queue).replace(/_BINDING$/, "_DEAD");
}
