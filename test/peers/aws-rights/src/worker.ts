import { deadLetter, onQueueMessage, queue } from "@alienplatform/sdk";

interface Order {
  readonly number: number;
  readonly how: "good" | "bad" | "dead";
}

onQueueMessage<Order>("orders", async ({ payload: { number, how } }) => {
  if (how === "bad") throw new Error(`order ${number} is bad`);
  if (how === "dead") return deadLetter(`order ${number} is dead`);
  const receipts = await queue<{ order: number }>("receipts");
  await receipts.send("receipts", { order: number });
  return undefined;
});
