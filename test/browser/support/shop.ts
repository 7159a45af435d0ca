/** A shop's queues: one with a schema, one in order, one that nobody consumes. Deliveries come back quickly. */
export const stackFile = `import * as alien from "@alienplatform/core";
import { z } from "zod";

const quick = { initial: "10ms", factor: 1, max: "10ms", jitter: "none" } as const;

const emails = new alien.Queue("emails")
  .schema(z.object({
    to: z.string().describe("who gets it"),
    template: z.enum(["welcome", "receipt"]),
    order: z.int().min(1).optional(),
  }))
  .maxAttempts(2)
  .backoff(quick)
  .build();
const payments = new alien.Queue("payments").fifo().maxAttempts(2).backoff(quick).build();
const reports = new alien.Queue("reports").maxAttempts(2).backoff(quick).results("1d").build();
const audit = new alien.Queue("audit").build();

const worker = new alien.Function("worker").trigger(emails).trigger(payments).trigger(reports).build();
const spare = new alien.Function("spare").build();

export default new alien.Stack("shop")
  .add(emails).add(payments).add(reports).add(audit).add(worker).add(spare)
  .build();
`;

/** Refuses mail to whoever has no address, and whatever says so. */
export const workerFile = `import { onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ to: string }>("emails", async ({ payload: { to } }) => {
  if (!to.includes("@")) throw new Error("no mailbox of this name: " + to);
  return { delivered: to };
});

onQueueMessage<{ fail?: string }>("payments", async ({ payload }) => {
  if (payload.fail !== undefined) throw new Error(payload.fail);
});

onQueueMessage<{ fail?: string }>("reports", async ({ payload }) => {
  if (payload.fail !== undefined) throw new Error(payload.fail);
  return { rows: 42 };
});
`;

export const spareFile = `import { onQueueMessage } from "@alienplatform/sdk";

onQueueMessage("audit", async () => undefined);
`;
