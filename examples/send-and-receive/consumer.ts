import { queue } from "@alienplatform/sdk";

const orders = await queue<{ item: string }>("orders");
for (;;) {
  const messages = await orders.receive("orders", 10, { wait: "2s" });
  if (messages.length === 0) break;
  for (const message of messages) {
    console.log(`delivered ${message.payload.item}`);
    await orders.ack("orders", message.receiptHandle);
  }
}
console.log("nothing more for two seconds");
