import { deadLetter, onQueueMessage, queue } from "@alienplatform/sdk";
import { bank } from "./bank.ts";

export interface Payment {
  readonly customer: string;
  readonly cents: number;
}

// The queue delivers at least once. So everything that this does bears the message's id, and twice is like once.
onQueueMessage<Payment>("payments", async ({ id, payload }) => {
  if (payload.cents <= 0) return deadLetter("nothing to pay");
  await bank.charge(id, payload.cents);
  const receipts = await queue("receipts");
  await receipts.send("receipts", payload, { idempotencyKey: id, delay: "5m" });
  return { charged: payload.cents };
});
