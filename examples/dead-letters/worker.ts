import { consume, onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ order: number; amount: unknown }>("orders", ({ payload: { order, amount } }) => {
  console.log(`order ${order} with an amount of ${JSON.stringify(amount)}`);
  if (typeof amount !== "number") throw new TypeError("the amount is no number");
  console.log(`charged ${amount} for order ${order}`);
});

onQueueMessage<{ to: string }>("mails", () => {
  throw new Error("mailbox full");
});

// The dead letters of "mails": a queue like any other, whose messages know why they are here.
onQueueMessage<{ to: string }>("failed-mails", ({ payload, dead }) => {
  console.log(`no mail to ${payload.to} after ${dead?.attempts} attempts: ${dead?.error.message}`);
});

console.log("waiting for orders and mails");
await consume();
