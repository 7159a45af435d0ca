import { Function as Fn, Queue } from "@alienplatform/core";

const failed = new Queue("failed").build();
const exact = { initial: "4s", factor: 3, max: "10m", jitter: "none" } as const;

export const tasks = new Queue("tasks").maxAttempts(3).backoff(exact).build();
export const payments = new Queue("payments").maxAttempts(1).deadLetters(failed).build();
export const orphans = new Queue("orphans").build();

new Fn("worker").trigger(tasks).trigger(payments).trigger(failed).trigger(orphans).build();
