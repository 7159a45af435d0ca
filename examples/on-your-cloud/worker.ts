import { consume, onQueueMessage } from "@alienplatform/sdk";

onQueueMessage<{ customer: string; item: string }>("orders", ({ payload, attempt }) => {
  if (payload.customer === "bob" && attempt === 1) throw new Error("out of stock");
  console.log(`shipped ${payload.item} to ${payload.customer} at attempt ${attempt}`);
});

console.log("waiting for orders");
await consume();
